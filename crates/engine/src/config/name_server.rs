//! A name server's and a controller's settings. A script sets one of them; of the others the engine reads the defaults.

use super::*;

settings! {
    /// A name server's configuration.
    NameServerConfig, others: others::NAME_SERVER;

    /// How often brokers that have fallen silent are looked for.
    scan_not_active_broker_interval: Span = "scanNotActiveBrokerInterval", PERIOD, NamesrvConfig "G.5" later, only_5_3(ms(5_000), ms(10_000));
    /// Whether the route shows a slave in a missing master's place.
    support_acting_master: bool = "supportActingMaster", BOOL, NamesrvConfig "G.5" later, only_5_3(false, false);
    /// Whether replicas are told when the smallest living brokerId changes.
    notify_min_broker_id_changed: bool = "notifyMinBrokerIdChanged", BOOL, NamesrvConfig "G.5" later, only_5_3(false, false);
    /// Whether a controller runs inside.
    enable_controller_in_namesrv: bool = "enableControllerInNamesrv", BOOL, NamesrvConfig "B.7" later, only_5_3(false, false);
}

settings! {
    /// A controller's configuration.
    ControllerConfig, others: others::NAME_SERVER;

    /// Whether a replica outside the SyncStateSet may become master.
    enable_elect_unclean_master: bool = "enableElectUncleanMaster", BOOL, ControllerConfig "G.5" modelled, only_5_3(false, false);
    /// How often brokers that have fallen silent are looked for.
    scan_not_active_broker_interval: Span = "scanNotActiveBrokerInterval", PERIOD, ControllerConfig "G.5" later, only_5_3(ms(5_000), ms(5_000));
    /// How often groups without a master are looked for.
    scan_inactive_master_interval: Span = "scanInactiveMasterInterval", PERIOD, ControllerConfig "G.5" later, only_5_3(ms(5_000), ms(5_000));
}
