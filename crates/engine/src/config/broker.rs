//! A broker's settings: what a `broker.conf` can say. RocketMQ reads one file into several classes, and so does this table.

use super::*;

settings! {
    /// One broker replica's configuration (`MessageStoreConfig`, `BrokerConfig` and what goes with them).
    BrokerConfig, others: others::BROKER;

    // The store: who answers when.
    /// Master or slave, and whether the master may wait for slaves.
    broker_role: BrokerRole = "brokerRole", one_of(&["ASYNC_MASTER", "SYNC_MASTER", "SLAVE"]),
        MessageStoreConfig "G.2" modelled, both(BrokerRole::AsyncMaster);
    /// Whether a put waits for fsync.
    flush_disk_type: FlushDiskType = "flushDiskType", one_of(&["ASYNC_FLUSH", "SYNC_FLUSH"]),
        MessageStoreConfig "G.2" modelled, both(FlushDiskType::AsyncFlush);
    /// How long a put waits for fsync before FLUSH_DISK_TIMEOUT.
    sync_flush_timeout: Span = "syncFlushTimeout", WAIT, MessageStoreConfig "G.2" modelled, both(ms(5_000));
    /// How long a put waits for slaves before FLUSH_SLAVE_TIMEOUT.
    slave_timeout: Span = "slaveTimeout", WAIT, MessageStoreConfig "G.2" modelled, both(ms(3_000));
    /// Declared by RocketMQ and used by nothing that can be seen.
    put_message_timeout: Span = "putMessageTimeout", WAIT, MessageStoreConfig "G.2" later, only_5_3(ms(8_000), ms(8_000));

    // Flushing and committing.
    /// How often the flush thread looks.
    flush_interval_commit_log: Span = "flushIntervalCommitLog", PERIOD, MessageStoreConfig "G.2" modelled, both(ms(500));
    /// Whether the flush thread sleeps its interval out instead of waking for puts.
    flush_commit_log_timed: bool = "flushCommitLogTimed", BOOL, MessageStoreConfig "G.2" later, both(true);
    /// So many dirty pages make the flush thread flush.
    flush_commit_log_least_pages: u32 = "flushCommitLogLeastPages", PAGES, MessageStoreConfig "G.2" modelled, both(4);
    /// After so long it flushes whatever is dirty.
    flush_commit_log_thorough_interval: Span = "flushCommitLogThoroughInterval", WAIT,
        MessageStoreConfig "G.2" modelled, both(ms(10_000));
    /// Whether messages go to off-heap buffers first.
    transient_store_pool_enable: bool = "transientStorePoolEnable", BOOL, MessageStoreConfig "G.2" modelled, both(false);
    /// How many such buffers.
    transient_store_pool_size: u32 = "transientStorePoolSize", SOME, MessageStoreConfig "G.2" modelled, both(5);
    /// How often the commit thread looks.
    commit_interval_commit_log: Span = "commitIntervalCommitLog", PERIOD, MessageStoreConfig "G.2" modelled, both(ms(200));
    /// So many uncommitted pages make it commit.
    commit_commit_log_least_pages: u32 = "commitCommitLogLeastPages", PAGES, MessageStoreConfig "G.2" modelled, both(4);
    /// After so long it commits whatever is there.
    commit_commit_log_thorough_interval: Span = "commitCommitLogThoroughInterval", WAIT,
        MessageStoreConfig "G.2" modelled, both(ms(200));
    /// Whether a put wakes the commit thread.
    wake_commit_when_put_message: bool = "wakeCommitWhenPutMessage", BOOL,
        MessageStoreConfig "G.2" modelled, only_5_3(true, true);
    /// Whether a put wakes the flush thread.
    wake_flush_when_put_message: bool = "wakeFlushWhenPutMessage", BOOL,
        MessageStoreConfig "G.2" later, only_5_3(false, true);
    /// Whether a put fails at once when every off-heap buffer is in use.
    fast_fail_if_no_buffer_in_store_pool: bool = "fastFailIfNoBufferInStorePool", BOOL,
        MessageStoreConfig "G.2" later, both(false);
    /// How often consume queues are flushed.
    flush_interval_consume_queue: Span = "flushIntervalConsumeQueue", PERIOD, MessageStoreConfig "G.2" later, both(ms(1_000));
    /// So many dirty pages make a consume queue flush.
    flush_consume_queue_least_pages: u32 = "flushConsumeQueueLeastPages", PAGES, MessageStoreConfig "G.2" later, both(2);
    /// After so long they are flushed whatever is dirty.
    flush_consume_queue_thorough_interval: Span = "flushConsumeQueueThoroughInterval", WAIT,
        MessageStoreConfig "G.2" later, both(ms(60_000));

    // Files and limits.
    /// One commit-log file.
    mapped_file_size_commit_log: u64 = "mappedFileSizeCommitLog", within(Kind::Bytes, 4_096, INT_MAX),
        MessageStoreConfig "G.2" modelled, both(1_073_741_824);
    /// One consume-queue file; an entry takes 20 bytes.
    mapped_file_size_consume_queue: u64 = "mappedFileSizeConsumeQueue", within(Kind::Bytes, 20, INT_MAX),
        MessageStoreConfig "G.2" modelled, both(6_000_000);
    /// The longest body the broker takes.
    max_message_size: u64 = "maxMessageSize", within(Kind::Bytes, 1, INT_MAX), MessageStoreConfig "G.2" modelled, both(4_194_304);
    /// The put lock held for longer than this makes the broker busy.
    os_page_cache_busy_time_out_mills: Span = "osPageCacheBusyTimeOutMills", WAIT,
        MessageStoreConfig "G.2" modelled, both(ms(1_000));

    // Replicas.
    /// How many replicas the group has.
    total_replicas: u32 = "totalReplicas", SOME, MessageStoreConfig "G.2" later, only_5_3(1, 1);
    /// How many replicas, the master among them, must have a message before SEND_OK.
    in_sync_replicas: u32 = "inSyncReplicas", COUNT, MessageStoreConfig "G.2" modelled, only_5_3(1, 1);
    /// The least that `enableAutoInSyncReplicas` goes down to; in controller mode a smaller SyncStateSet refuses.
    min_in_sync_replicas: u32 = "minInSyncReplicas", COUNT, MessageStoreConfig "G.2" modelled, only_5_3(1, 1);
    /// Whether the number of replicas to wait for follows the number that keep up (acting-master mode).
    enable_auto_in_sync_replicas: bool = "enableAutoInSyncReplicas", BOOL, MessageStoreConfig "G.2" modelled, only_5_3(false, false);
    /// Whether every member of the SyncStateSet must confirm (controller mode).
    all_ack_in_sync_state_set: bool = "allAckInSyncStateSet", BOOL, MessageStoreConfig "G.2" modelled, only_5_3(false, false);
    /// A slave further behind does not count as in sync.
    ha_max_gap_not_in_sync: u64 = "haMaxGapNotInSync", BYTES, MessageStoreConfig "G.2" modelled, only_5_3(268_435_456, 268_435_456);
    /// The same limit under its 4.x name: a slave further behind makes SLAVE_NOT_AVAILABLE.
    ha_slave_fallbehind_max: u64 = "haSlaveFallbehindMax", BYTES, MessageStoreConfig "G.2" modelled, only_4_9(268_435_456, 268_435_456);
    /// A slave that has not caught up for so long leaves the SyncStateSet.
    ha_max_time_slave_not_catchup: Span = "haMaxTimeSlaveNotCatchup", WAIT, MessageStoreConfig "G.2" modelled, only_5_3(ms(15_000), ms(15_000));
    /// How often both ends of a replication link say something.
    ha_send_heartbeat_interval: Span = "haSendHeartbeatInterval", PERIOD, MessageStoreConfig "G.2" modelled, both(ms(5_000));
    /// A link that was silent for longer is given up.
    ha_housekeeping_interval: Span = "haHousekeepingInterval", PERIOD, MessageStoreConfig "G.2" modelled, both(ms(20_000));
    /// A slave's own word on where its master is. In 5.3.3 it keeps the slave from ever finding it.
    ha_master_address: String = "haMasterAddress", TEXT, MessageStoreConfig "B.7" modelled, both(String::new());
    /// The most bytes in one transfer.
    ha_transfer_batch_size: u64 = "haTransferBatchSize", within(Kind::Bytes, 1, INT_MAX), MessageStoreConfig "G.2" modelled, both(32_768);
    /// Whether replication is limited.
    ha_flow_control_enable: bool = "haFlowControlEnable", BOOL, MessageStoreConfig "G.2" later, only_5_3(false, false);
    /// To so many bytes a second.
    max_ha_transfer_byte_in_second: u64 = "maxHaTransferByteInSecond", within(Kind::Bytes, 1, INT_MAX),
        MessageStoreConfig "G.2" later, only_5_3(104_857_600, 104_857_600);
    /// Whether a slave that knows nothing begins at the master's last file.
    sync_from_last_file: bool = "syncFromLastFile", BOOL, MessageStoreConfig "B.6" modelled, only_5_3(false, false);

    // Delayed messages.
    /// The delay levels 1, 2, …
    message_delay_level: Vec<Span> = "messageDelayLevel", within(Kind::DelayLevels, 0, 0), MessageStoreConfig "G.2" modelled,
        both(vec![
            ms(1_000), ms(5_000), ms(10_000), ms(30_000), ms(60_000), ms(120_000), ms(180_000), ms(240_000), ms(300_000),
            ms(360_000), ms(420_000), ms(480_000), ms(540_000), ms(600_000), ms(1_200_000), ms(1_800_000), ms(3_600_000), ms(7_200_000),
        ]);
    /// How often delayOffset.json is written.
    flush_delay_offset_interval: Span = "flushDelayOffsetInterval", PERIOD, MessageStoreConfig "G.2" modelled, both(ms(10_000));
    /// Whether there are messages with any delay.
    timer_wheel_enable: bool = "timerWheelEnable", BOOL, MessageStoreConfig "G.2" later, only_5_3(true, false);
    /// How exact those are.
    timer_precision_ms: Span = "timerPrecisionMs", PERIOD, MessageStoreConfig "G.2" later, only_5_3(ms(1_000), ms(1_000));
    /// The longest such delay.
    timer_max_delay_sec: Span = "timerMaxDelaySec", within(Kind::Secs, 1, INT_MAX), MessageStoreConfig "G.2" later,
        only_5_3(Span::from_secs(259_200), Span::from_secs(259_200));

    // Reading.
    /// One pull's most bytes of what is in memory.
    max_transfer_bytes_on_message_in_memory: u64 = "maxTransferBytesOnMessageInMemory", BYTES, MessageStoreConfig "G.2" modelled, both(262_144);
    /// One pull's most messages of what is in memory.
    max_transfer_count_on_message_in_memory: u32 = "maxTransferCountOnMessageInMemory", SOME, MessageStoreConfig "G.2" modelled, both(32);
    /// One pull's most bytes of what is only on disk.
    max_transfer_bytes_on_message_in_disk: u64 = "maxTransferBytesOnMessageInDisk", BYTES, MessageStoreConfig "G.2" later, both(65_536);
    /// One pull's most messages of what is only on disk.
    max_transfer_count_on_message_in_disk: u32 = "maxTransferCountOnMessageInDisk", SOME, MessageStoreConfig "G.2" later, both(8);
    /// How much of the machine's memory counts as "in memory".
    access_message_in_memory_max_ratio: u32 = "accessMessageInMemoryMaxRatio", PERCENT, MessageStoreConfig "G.2" later, both(40);
    /// Whether a slave corrects a consumer's offset.
    offset_check_in_slave: bool = "offsetCheckInSlave", BOOL, MessageStoreConfig "G.2" modelled, both(false);
    /// Whether SYNC_FLUSH serves what is not flushed yet.
    read_un_committed: bool = "readUnCommitted", BOOL, MessageStoreConfig "G.2" modelled, only_5_3(false, true);

    // Retention and recovery.
    /// Files live so long.
    file_reserved_time: Span = "fileReservedTime", within(Kind::Hours, 0, 87_600), MessageStoreConfig "G.2" modelled, both(Span::from_secs(259_200));
    /// The hours at which expired files go: `04` or `04;16`.
    delete_when: String = "deleteWhen", TEXT, MessageStoreConfig "G.2" modelled, both("04".to_owned());
    /// A fuller disk makes expired files go at any hour.
    disk_max_used_space_ratio: u32 = "diskMaxUsedSpaceRatio", PERCENT, MessageStoreConfig "G.2" modelled, both(75);
    /// A fuller disk makes files go whether expired or not.
    disk_space_clean_forcibly_ratio: u32 = "diskSpaceCleanForciblyRatio", PERCENT, MessageStoreConfig "G.2" modelled, only_5_3(85, 85);
    /// A fuller disk makes the store refuse writes.
    disk_space_warning_level_ratio: u32 = "diskSpaceWarningLevelRatio", PERCENT, MessageStoreConfig "G.2" modelled, only_5_3(90, 90);
    /// Whether files may go before they expire.
    clean_file_forcibly_enable: bool = "cleanFileForciblyEnable", BOOL, MessageStoreConfig "G.2" modelled, both(true);
    /// So many files go at a time.
    delete_file_batch_max: u32 = "deleteFileBatchMax", SOME, MessageStoreConfig "G.2" modelled, only_5_3(10, 10);
    /// How often the cleaner looks.
    clean_resource_interval: Span = "cleanResourceInterval", PERIOD, MessageStoreConfig "G.2" modelled, both(ms(10_000));
    /// Whether recovery tests every record's checksum.
    check_crc_on_recover: bool = "checkCRCOnRecover", BOOL, MessageStoreConfig "G.2" later, both(true);
    /// Whether recovery heeds the index file's position in the checkpoint.
    message_index_safe: bool = "messageIndexSafe", BOOL, MessageStoreConfig "B.9" later, both(false);
    /// Whether the commit log is a Raft log.
    enable_d_leger_commit_log: bool = "enableDLegerCommitLog", BOOL, MessageStoreConfig "G.2" later, both(false);
    /// Whether the store keeps a second copy of its own.
    duplication_enable: bool = "duplicationEnable", BOOL, MessageStoreConfig "G.2" later, both(false);

    // The broker.
    /// Whether a send to an unknown topic creates it.
    auto_create_topic_enable: bool = "autoCreateTopicEnable", BOOL, BrokerConfig "G.3" modelled, both(true);
    /// Whether a new group is made known by its first consumer.
    auto_create_subscription_group: bool = "autoCreateSubscriptionGroup", BOOL, BrokerConfig "G.3" later, both(true);
    /// The queues of TBW102, from which new topics are made.
    default_topic_queue_nums: u32 = "defaultTopicQueueNums", within(Kind::Int, 1, 128), BrokerConfig "G.3" modelled, both(8);
    /// What clients may do: 2 write, 4 read, 6 both.
    broker_permission: u32 = "brokerPermission", within(Kind::Int, 0, 7), BrokerConfig "G.3" modelled, both(6);
    /// Whether a broker thread goes on while a put waits.
    async_send_enable: bool = "asyncSendEnable", BOOL, BrokerConfig "G.3" modelled, only_5_3(true, true);
    /// Whether requests that have waited for too long are answered "busy".
    broker_fast_failure_enable: bool = "brokerFastFailureEnable", BOOL, BrokerConfig "G.3" modelled, both(true);
    /// The threads that serve sends: as many as the machine has cores, at most four.
    send_message_thread_pool_nums: u32 = "sendMessageThreadPoolNums", within(Kind::Int, 1, 1_024), BrokerConfig "G.3" modelled, both(4);
    /// So many sends may wait for a thread.
    send_thread_pool_queue_capacity: u32 = "sendThreadPoolQueueCapacity", SOME, BrokerConfig "G.3" modelled, both(10_000);
    /// How long a send may wait for a thread.
    wait_time_mills_in_send_queue: Span = "waitTimeMillsInSendQueue", WAIT, BrokerConfig "G.3" modelled, both(ms(200));
    /// How long a pull may wait for a thread.
    wait_time_mills_in_pull_queue: Span = "waitTimeMillsInPullQueue", WAIT, BrokerConfig "G.3" later, both(ms(5_000));
    /// Whether a pull that finds nothing is held for as long as the client asks.
    long_polling_enable: bool = "longPollingEnable", BOOL, BrokerConfig "G.3" modelled, both(true);
    /// How long it is held if not.
    short_polling_time_mills: Span = "shortPollingTimeMills", WAIT, BrokerConfig "G.3" modelled, both(ms(1_000));
    /// How often consumerOffset.json is written.
    flush_consumer_offset_interval: Span = "flushConsumerOffsetInterval", PERIOD, BrokerConfig "G.3" modelled, both(ms(5_000));
    /// On a master: may send slow readers to a slave. On a slave of 5.3: whether it serves at all.
    slave_read_enable: bool = "slaveReadEnable", BOOL, BrokerConfig "G.3" modelled, both(false);
    /// How often the broker registers with the name servers.
    register_name_server_period: Span = "registerNameServerPeriod", PERIOD, BrokerConfig "G.3" modelled, both(ms(30_000));
    /// How often the broker tells the name server or controller that it lives.
    broker_heartbeat_interval: Span = "brokerHeartbeatInterval", PERIOD, BrokerConfig "G.3" modelled, only_5_3(ms(1_000), ms(1_000));
    /// After so long without it, it counts as dead.
    broker_not_active_timeout_millis: Span = "brokerNotActiveTimeoutMillis", WAIT, BrokerConfig "G.3" modelled, only_5_3(ms(10_000), ms(120_000));
    /// Client channels that were silent for longer are given up.
    channel_expired_timeout: Span = "channelExpiredTimeout", WAIT, BrokerConfig "G.3" modelled, only_5_3(ms(120_000), ms(120_000));

    // Transactions.
    /// A half message is left alone for so long.
    transaction_time_out: Span = "transactionTimeOut", WAIT, BrokerConfig "G.3" modelled, both(ms(6_000));
    /// After so many checks it is given up.
    transaction_check_max: u32 = "transactionCheckMax", COUNT, BrokerConfig "G.3" modelled, both(15);
    /// How often half messages are looked through.
    transaction_check_interval: Span = "transactionCheckInterval", PERIOD, BrokerConfig "G.3" modelled, each(ms(60_000), ms(30_000));
    /// How often finished half messages are written down.
    transaction_op_batch_interval: Span = "transactionOpBatchInterval", PERIOD, BrokerConfig "G.3" modelled, only_5_3(ms(3_000), ms(3_000));
    /// Or when so many bytes of them are waiting.
    transaction_op_msg_max_size: u64 = "transactionOpMsgMaxSize", within(Kind::Bytes, 1, INT_MAX), BrokerConfig "G.3" modelled, only_5_3(4_096, 4_096);

    // Other modes.
    /// Whether a slave acts for a missing master.
    enable_slave_acting_master: bool = "enableSlaveActingMaster", BOOL, BrokerConfig "G.3" modelled, only_5_3(false, false);
    /// Whether the acting master may send to other masters.
    enable_remote_escape: bool = "enableRemoteEscape", BOOL, BrokerConfig "G.3" modelled, only_5_3(false, false);
    /// Whether a controller elects the master.
    enable_controller_mode: bool = "enableControllerMode", BOOL, BrokerConfig "G.3" modelled, only_5_3(false, false);
    /// How often the broker speaks to the controller at the latest, or counts as dead.
    controller_heart_beat_timeout_mills: Span = "controllerHeartBeatTimeoutMills", WAIT, BrokerConfig "G.5" modelled, only_5_3(ms(10_000), ms(10_000));
    /// How often the master looks through its SyncStateSet.
    check_sync_state_set_period: Span = "checkSyncStateSetPeriod", PERIOD, BrokerConfig "G.5" modelled, only_5_3(ms(5_000), ms(5_000));
    /// Whether a queue lock is taken at all replicas.
    lock_in_strict_mode: bool = "lockInStrictMode", BOOL, BrokerConfig "G.3" later, only_5_3(false, false);
    /// Whether the broker itself moves a group's offsets.
    use_server_side_reset_offset: bool = "useServerSideResetOffset", BOOL, BrokerConfig "G.3" modelled, only_5_3(true, false);
    /// Whether the broker keeps offsets of broadcasting consumers.
    enable_broadcast_offset_store: bool = "enableBroadcastOffsetStore", BOOL, BrokerConfig "G.3" later, only_5_3(true, false);

    // Groups and locks.
    /// Queues of a retry topic; none means that a failed message is dropped.
    retry_queue_nums: u32 = "retryQueueNums", within(Kind::Int, 0, 128), SubscriptionGroupConfig "G.3" modelled, both(1);
    /// Retries before the dead-letter topic, for clients that do not say.
    retry_max_times: u32 = "retryMaxTimes", COUNT, SubscriptionGroupConfig "G.3" modelled, both(16);
    /// Which replica a slow consumer is sent to.
    which_broker_when_consume_slowly: u32 = "whichBrokerWhenConsumeSlowly", COUNT, SubscriptionGroupConfig "G.3" later, both(1);
    /// How long a queue lock lives without renewal.
    rebalance_lock_max_live_time: Span = "rocketmq.broker.rebalance.lockMaxLiveTime", WAIT, SystemProperty "G.3" modelled, both(ms(60_000));
}
