//! A push consumer's settings: `DefaultMQPushConsumer` and what it inherits.

use super::*;

settings! {
    /// One push consumer's settings, by their property names.
    ConsumerConfig, others: others::CONSUMER;

    /// Where a group without offsets begins.
    consume_from_where: ConsumeFromWhere = "consumeFromWhere",
        one_of(&["CONSUME_FROM_LAST_OFFSET", "CONSUME_FROM_FIRST_OFFSET", "CONSUME_FROM_TIMESTAMP"]),
        DefaultMqPushConsumer "G.4" modelled, both(ConsumeFromWhere::LastOffset);
    /// Threads that call the listener: the least.
    consume_thread_min: u32 = "consumeThreadMin", within(Kind::Int, 1, 1_000), DefaultMqPushConsumer "G.4" modelled, both(20);
    /// Threads that call the listener: the most, which never comes into play, for the queue before them has no end.
    consume_thread_max: u32 = "consumeThreadMax", within(Kind::Int, 1, 1_000), DefaultMqPushConsumer "G.4" modelled, both(20);
    /// Messages per call of the listener.
    consume_message_batch_max_size: u32 = "consumeMessageBatchMaxSize", within(Kind::Int, 1, 1_024),
        DefaultMqPushConsumer "G.4" modelled, both(1);
    /// Messages per pull.
    pull_batch_size: u32 = "pullBatchSize", within(Kind::Int, 1, 1_024), DefaultMqPushConsumer "G.4" modelled, both(32);
    /// Bytes per pull.
    pull_batch_size_in_bytes: u64 = "pullBatchSizeInBytes", within(Kind::Bytes, 1, INT_MAX),
        DefaultMqPushConsumer "G.4" later, only_5_3(262_144, 262_144);
    /// The pause between a pull that found something and the next.
    pull_interval: Span = "pullInterval", within(Kind::Millis, 0, 65_535), DefaultMqPushConsumer "G.4" modelled, both(ms(0));
    /// More cached messages of one queue stop its pulls for a moment.
    pull_threshold_for_queue: u32 = "pullThresholdForQueue", within(Kind::Int, 1, 65_535), DefaultMqPushConsumer "G.4" modelled, both(1_000);
    /// And so do more bytes.
    pull_threshold_size_for_queue: u32 = "pullThresholdSizeForQueue", within(Kind::Mebibytes, 1, 1_024),
        DefaultMqPushConsumer "G.4" modelled, both(100);
    /// The first limit for a whole topic, divided among its queues.
    pull_threshold_for_topic: Option<u32> = "pullThresholdForTopic", within(Kind::Int, -1, 6_553_500), DefaultMqPushConsumer "G.4" later, both(None);
    /// The second limit for a whole topic.
    pull_threshold_size_for_topic: Option<u32> = "pullThresholdSizeForTopic", within(Kind::Mebibytes, -1, 102_400),
        DefaultMqPushConsumer "G.4" later, both(None);
    /// A greater distance between the first and the last cached message stops pulls, too (concurrent listener).
    consume_concurrently_max_span: u32 = "consumeConcurrentlyMaxSpan", within(Kind::Int, 1, 65_535), DefaultMqPushConsumer "G.4" modelled, both(2_000);
    /// Retries before the dead-letter topic; none: 16 for a concurrent listener, without end for an orderly one.
    max_reconsume_times: Option<u32> = "maxReconsumeTimes", within(Kind::Int, -1, INT_MAX), DefaultMqPushConsumer "G.4" modelled, both(None);
    /// How long an orderly listener's queue rests after SUSPEND_CURRENT_QUEUE_A_MOMENT.
    suspend_current_queue_time_millis: Span = "suspendCurrentQueueTimeMillis", WAIT, DefaultMqPushConsumer "G.4" modelled, both(ms(1_000));
    /// A message that is being consumed for longer is sent back.
    consume_timeout: Span = "consumeTimeout", within(Kind::Minutes, 1, 1_000_000), DefaultMqPushConsumer "G.4" modelled, both(Span::from_secs(900));
    /// How long a clean shutdown waits for listeners.
    await_termination_millis_when_shutdown: Span = "awaitTerminationMillisWhenShutdown", WAIT, DefaultMqPushConsumer "G.4" later, both(ms(0));
    /// How long a popped message is hidden.
    pop_invisible_time: Span = "popInvisibleTime", within(Kind::Millis, 5_000, 300_000), DefaultMqPushConsumer "G.4" later, only_5_3(ms(60_000), ms(60_000));
    /// Messages per pop.
    pop_batch_nums: u32 = "popBatchNums", within(Kind::Int, 1, 32), DefaultMqPushConsumer "G.4" later, only_5_3(32, 32);
    /// More unacknowledged messages of one queue stop its pops.
    pop_threshold_for_queue: u32 = "popThresholdForQueue", SOME, DefaultMqPushConsumer "G.4" later, only_5_3(96, 96);

    /// How often routes are refreshed.
    poll_name_server_interval: Span = "pollNameServerInterval", PERIOD, ClientConfig "G.1" modelled, both(ms(30_000));
    /// How often the client tells the brokers that it lives.
    heartbeat_broker_interval: Span = "heartbeatBrokerInterval", PERIOD, ClientConfig "G.1" modelled, both(ms(30_000));
    /// Whether it does so, and rebalances, whenever a connection to a broker opens.
    enable_heartbeat_channel_event_listener: bool = "enableHeartbeatChannelEventListener", BOOL, ClientConfig "G.1" modelled, only_5_3(true, false);
    /// How often offsets are committed.
    persist_consumer_offset_interval: Span = "persistConsumerOffsetInterval", PERIOD, ClientConfig "G.1" modelled, both(ms(5_000));
    /// The pause after a pull that failed.
    pull_time_delay_mills_when_exception: Span = "pullTimeDelayMillsWhenException", WAIT, ClientConfig "G.1" modelled, both(ms(1_000));
    /// How long a request to a name server may take.
    mq_client_api_timeout: Span = "mqClientApiTimeout", WAIT, ClientConfig "G.1" modelled, both(ms(3_000));
    /// Whether the broker's second port is used.
    vip_channel_enabled: bool = "vipChannelEnabled", BOOL, ClientConfig "G.1" later, both(false);
    /// How long connecting may take.
    connect_timeout_millis: Span = "connectTimeoutMillis", WAIT, NettyClientConfig "G.1" later, both(ms(3_000));
    /// An idle connection is closed after so long.
    client_channel_max_idle_time_seconds: Span = "clientChannelMaxIdleTimeSeconds", within(Kind::Secs, 0, INT_MAX),
        NettyClientConfig "G.1" later, both(Span::from_secs(120));
    /// Whether a timeout closes the connection.
    client_close_socket_if_timeout: bool = "clientCloseSocketIfTimeout", BOOL, NettyClientConfig "G.1" modelled, both(true);

    /// How often a consumer rebalances.
    rebalance_wait_interval: Span = "rocketmq.client.rebalance.waitInterval", PERIOD, SystemProperty "G.4" modelled, both(ms(20_000));
    /// The least time between two rebalances.
    rebalance_min_interval: Span = "rocketmq.client.rebalance.minInterval", WAIT, SystemProperty "G.4" modelled, only_5_3(ms(1_000), ms(0));
    /// How often an orderly consumer renews its locks.
    rebalance_lock_interval: Span = "rocketmq.client.rebalance.lockInterval", PERIOD, SystemProperty "G.4" modelled, both(ms(20_000));
    /// How long it believes in a lock without renewal.
    rebalance_lock_max_live_time: Span = "rocketmq.client.rebalance.lockMaxLiveTime", WAIT, SystemProperty "G.4" modelled, both(ms(30_000));
    /// A queue that was not pulled for so long is given up.
    pull_max_idle_time: Span = "rocketmq.client.pull.pullMaxIdleTime", WAIT, SystemProperty "G.4" modelled, both(ms(120_000));
}
