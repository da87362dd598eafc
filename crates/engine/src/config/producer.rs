//! A producer's settings: `DefaultMQProducer` and what it inherits.

use super::*;

settings! {
    /// One producer's settings, by their property names.
    ProducerConfig, others: others::PRODUCER;

    /// The budget of one send call, all attempts together.
    send_msg_timeout: Span = "sendMsgTimeout", WAIT, DefaultMqProducer "G.1" modelled, both(ms(3_000));
    /// The most that every attempt but the last may take.
    send_msg_max_timeout_per_request: Option<Span> = "sendMsgMaxTimeoutPerRequest", within(Kind::Millis, -1, INT_MAX),
        DefaultMqProducer "G.1" modelled, only_5_3(None, None);
    /// Attempts of a sync send after the first.
    retry_times_when_send_failed: u32 = "retryTimesWhenSendFailed", within(Kind::Int, 0, 1_000), DefaultMqProducer "G.1" modelled, both(2);
    /// Attempts of an async send after the first.
    retry_times_when_send_async_failed: u32 = "retryTimesWhenSendAsyncFailed", within(Kind::Int, 0, 1_000),
        DefaultMqProducer "G.1" modelled, both(2);
    /// Whether a status other than SEND_OK is retried, which stores the message twice.
    retry_another_broker_when_not_store_ok: bool = "retryAnotherBrokerWhenNotStoreOK", BOOL, DefaultMqProducer "G.1" modelled, both(false);
    /// The longest body the client sends.
    max_message_size: u64 = "maxMessageSize", within(Kind::Bytes, 1, INT_MAX), DefaultMqProducer "G.1" modelled, both(4_194_304);
    /// Longer bodies are compressed.
    compress_msg_body_over_howmuch: u64 = "compressMsgBodyOverHowmuch", BYTES, DefaultMqProducer "G.1" modelled, both(4_096);
    /// The queues of a topic that this client makes the broker create.
    default_topic_queue_nums: u32 = "defaultTopicQueueNums", within(Kind::Int, 1, 128), DefaultMqProducer "G.1" modelled, both(4);
    /// The topic whose route is borrowed for it.
    create_topic_key: String = "createTopicKey", TEXT, DefaultMqProducer "G.1" later, both("TBW102".to_owned());
    /// Whether slow and failing brokers are avoided.
    send_latency_fault_enable: bool = "sendLatencyFaultEnable", BOOL, DefaultMqProducer "A.6" modelled, both(false);
    /// The same, as 5.x says it.
    send_latency_enable: bool = "sendLatencyEnable", BOOL, ClientConfig "G.1" modelled, only_5_3(false, false);
    /// Whether avoided brokers are tested.
    start_detector_enable: bool = "startDetectorEnable", BOOL, ClientConfig "G.1" later, only_5_3(false, false);
    /// How long such a test may take.
    detect_timeout: Span = "detectTimeout", WAIT, ClientConfig "G.1" later, only_5_3(ms(200), ms(200));
    /// How often they are tested.
    detect_interval: Span = "detectInterval", PERIOD, ClientConfig "G.1" later, only_5_3(ms(2_000), ms(2_000));
    /// Whether async sends are limited.
    enable_backpressure_for_async_mode: bool = "enableBackpressureForAsyncMode", BOOL, DefaultMqProducer "G.1" later, only_5_3(false, false);
    /// To so many in flight.
    back_pressure_for_async_send_num: u32 = "backPressureForAsyncSendNum", SOME, DefaultMqProducer "G.1" later, only_5_3(10_000, 10_000);
    /// And so many bytes.
    back_pressure_for_async_send_size: u64 = "backPressureForAsyncSendSize", within(Kind::Bytes, 1, INT_MAX),
        DefaultMqProducer "G.1" later, only_5_3(104_857_600, 104_857_600);
    /// How often routes are refreshed.
    poll_name_server_interval: Span = "pollNameServerInterval", PERIOD, ClientConfig "G.1" modelled, both(ms(30_000));
    /// How often the client tells the brokers that it lives.
    heartbeat_broker_interval: Span = "heartbeatBrokerInterval", PERIOD, ClientConfig "G.1" modelled, both(ms(30_000));
    /// Whether it does so whenever a connection to a broker opens.
    enable_heartbeat_channel_event_listener: bool = "enableHeartbeatChannelEventListener", BOOL, ClientConfig "G.1" modelled, only_5_3(true, false);
    /// How long a request to a name server may take.
    mq_client_api_timeout: Span = "mqClientApiTimeout", WAIT, ClientConfig "G.1" modelled, both(ms(3_000));
    /// Whether the broker's second port is used.
    vip_channel_enabled: bool = "vipChannelEnabled", BOOL, ClientConfig "G.1" later, both(false);
    /// How long connecting may take.
    connect_timeout_millis: Span = "connectTimeoutMillis", WAIT, NettyClientConfig "G.1" modelled, both(ms(3_000));
    /// An idle connection is closed after so long.
    client_channel_max_idle_time_seconds: Span = "clientChannelMaxIdleTimeSeconds", within(Kind::Secs, 0, INT_MAX),
        NettyClientConfig "G.1" later, both(Span::from_secs(120));
    /// Whether a timeout closes the connection.
    client_close_socket_if_timeout: bool = "clientCloseSocketIfTimeout", BOOL, NettyClientConfig "G.1" modelled, both(true);
    /// Async requests in flight.
    client_async_semaphore_value: u32 = "clientAsyncSemaphoreValue", SOME, NettyClientConfig "G.1" later, both(65_535);
    /// Oneway requests in flight.
    client_oneway_semaphore_value: u32 = "clientOnewaySemaphoreValue", SOME, NettyClientConfig "G.1" later, both(65_535);
}
