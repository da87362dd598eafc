//! The keys that RocketMQ 4.9.8 and 5.3.3 have and the engine does not model: every property with a setter, by class.
//!
//! One string per group, because a table of rows would be several times as long to download and says no more.

use super::{BrokerConfig, ConsumerConfig, ControllerConfig, NameServerConfig, ProducerConfig};
use super::{Class, Effect, Exists, Key, Kind, Shape};
use crate::status::Profile;

/// Keys that have everything but their names in common.
pub(super) struct Group {
    class: Class,
    exists: Exists,
    kind: Kind,
    /// Whether the scenario has another place for what they say.
    said_elsewhere: bool,
    names: &'static str,
}

/// A key without a field.
pub(super) struct Other {
    pub(super) key: Key,
    said_elsewhere: bool,
}

impl Group {
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.names.split_ascii_whitespace()
    }
}

impl Other {
    pub(super) fn effect(&self, profile: Profile) -> Effect {
        if self.said_elsewhere {
            Effect::SaidElsewhere
        } else {
            self.key
                .exists
                .elsewhere(profile)
                .map_or(Effect::NotModelled, |only| Effect::OtherProfile { only })
        }
    }
}

/// The key called `name`.
pub(super) fn find(groups: &'static [Group], name: &str) -> Option<Other> {
    groups.iter().find_map(|group| {
        let name = group.names().find(|real| *real == name)?;
        let bound = if group.kind.is_number() { i64::MAX } else { 0 };
        let shape = Shape {
            kind: group.kind,
            min: -bound,
            max: bound,
        };
        Some(Other {
            key: Key::new(name, shape, group.exists, false, group.class, ""),
            said_elsewhere: group.said_elsewhere,
        })
    })
}

/// The class of a key that some kind of node has.
pub(super) fn class_elsewhere(name: &str) -> Option<Class> {
    let typed = [
        BrokerConfig::KEYS,
        ProducerConfig::KEYS,
        ConsumerConfig::KEYS,
        NameServerConfig::KEYS,
        ControllerConfig::KEYS,
    ];
    let typed = typed
        .into_iter()
        .flatten()
        .find(|key| key.name == name)
        .map(|key| key.class);
    typed.or_else(|| {
        [BROKER, PRODUCER, CONSUMER, NAME_SERVER]
            .into_iter()
            .find_map(|groups| find(groups, name))
            .map(|other| other.key.class)
    })
}

/// What else a `broker.conf` can say.
pub(super) const BROKER: &[Group] = &[
    Group {
        class: Class::MessageStoreConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Int,
        said_elsewhere: false,
        names: "accessMessageInMemoryHotRatio batchDispatchRequestThreadPoolNums cleanRocksDBDirtyCQIntervalMin \
         cleanSwapedMapInterval commitLogForceSwapMapInterval commitLogSwapMapInterval commitLogSwapMapReserveFileNum \
         compactionCqMappedFileSize compactionMappedFileSize compactionScheduleInternal compactionThreadNum \
         correctLogicMinOffsetForceInterval correctLogicMinOffsetSleepInterval disappearTimeAfterStart dispatchCqCacheNum \
         dispatchCqThreads logicQueueForceSwapMapInterval logicQueueSwapMapInterval logicQueueSwapMapReserveFileNum \
         mappedFileSizeTimerLog mapperFileSizeBatchConsumeQueue maxAsyncPutMessageRequests maxBatchDeleteFilesNum \
         maxChecksumRange maxConsumeQueueScan maxFilterMessageSize maxOffsetMapSize maxRecoveryCommitlogFiles \
         maxSlaveResendLength maxTopicLength memTableFlushIntervalMs pullBatchMaxMessageCount replicasPerDiskPartition \
         rocksdbFlushWalFrequency rocksdbWalFileRollingThreshold sampleCountThreshold sampleSteps \
         spinLockCollisionRetreatOptimalDegree statRocksDBCQIntervalSec timerColdDataCheckIntervalMs timerCongestNumEachSlot \
         timerFlushIntervalMs timerGetMessageThreadNum timerMetricSmallThreshold timerProgressLogIntervalMs \
         timerPutMessageThreadNum timerRollWindowSlot topicQueueLockNum travelCqFileNumWhenGetMessage",
    },
    Group {
        class: Class::MessageStoreConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Bool,
        said_elsewhere: false,
        names: "asyncLearner autoMessageVersionOnTopicLen coldDataFlowControlEnable coldDataScanEnable dataReadAheadEnable \
         dispatchFromSenderThread enableAsyncReput enableBuildConsumeQueueConcurrently enableCleanExpiredOffset \
         enableCompaction enableRocksDBLog enabledAppendPropCRC forceVerifyPropCRC mappedFileSwapEnable \
         putConsumeQueueDataByFileChannel realTimePersistRocksDBConfig recheckReputOffsetFromCq rocksdbCQDoubleWriteEnable \
         searchBcqByCacheEnable syncMasterFlushOffsetWhenStartup timerEnableCheckMetrics timerEnableRetryUntilSuccess \
         timerInterceptDelayLevel timerSkipUnknownError timerStopEnqueue useABSLock",
    },
    Group {
        class: Class::MessageStoreConfig,
        exists: Exists::InBoth,
        kind: Kind::Int,
        said_elsewhere: false,
        names: "bitMapLengthConsumeQueueExt defaultQueryMaxNum deleteCommitLogFilesInterval deleteConsumeQueueFilesInterval \
         destroyMapedFileIntervalForcibly flushLeastPagesWhenWarmMapedFile haListenPort mappedFileSizeConsumeQueueExt \
         maxHashSlotNum maxIndexNum maxLmqConsumeQueueNum maxMsgsNumBatch putMsgIndexHightWater redeleteHangedFileInterval \
         scheduleAsyncDeliverMaxPendingLimit scheduleAsyncDeliverMaxResendNum2Blocked",
    },
    Group {
        class: Class::MessageStoreConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Text,
        said_elsewhere: false,
        names: "bottomMostCompressionTypeForConsumeQueueStore logicalDiskSpaceCleanForciblyThreshold rocksdbCompressionType \
         storePathBrokerIdentity storePathEpochFile storeType",
    },
    Group {
        class: Class::MessageStoreConfig,
        exists: Exists::InBoth,
        kind: Kind::Text,
        said_elsewhere: false,
        names: "dLegerGroup dLegerPeers dLegerSelfId preferredLeaderId readOnlyCommitLogStorePaths \
         storePathCommitLog storePathDLedgerCommitLog storePathRootDir",
    },
    Group {
        class: Class::MessageStoreConfig,
        exists: Exists::InBoth,
        kind: Kind::Bool,
        said_elsewhere: false,
        names: "debugLockEnable diskFallRecorded enableBatchPush enableConsumeQueueExt enableLmq enableMultiDispatch \
         enableScheduleAsyncDeliver enableScheduleMessageStats messageIndexEnable useReentrantLockWhenPutMessage \
         warmMapedFileEnable",
    },
    Group {
        class: Class::BrokerConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Bool,
        said_elsewhere: false,
        names: "accountStatsEnable accountStatsPrintZeroValues allowRecallWhenBrokerNotWriteable appendAckAsync appendCkAsync \
         clearRetryTopicWhenDeleteTopic coldCtrStrategyEnable compatibleWithOldNameSrv enableCreateSysGroup \
         enableFastChannelEventProcess enableLmqStats enableMixedMessageType enableNetWorkFlowControl \
         enableNotifyAfterPopOrderLockRelease enableNotifyBeforePopCalculateLag enablePopBatchAck enablePopBufferMerge \
         enablePopLog enablePopMessageThreshold enableRegisterProducer enableRetryTopicV2 enableSingleTopicRegister \
         enableSkipLongAwaitingAck enableSplitRegistration estimateAccumulation fetchControllerAddrByDnsLookup \
         fetchNameSrvAddrByDnsLookup inBrokerContainer initPopOffsetByCheckMsgInMem litePullMessageEnable metricsInDelta \
         popConsumerFSServiceInit popConsumerKVServiceEnable popConsumerKVServiceInit popConsumerKVServiceLog \
         popResponseReturnActualRetryTopic printChannelGroups realTimeNotifyConsumerChange recallMessageEnable \
         recoverConcurrently rejectPullConsumerEnable retrieveMessageFromPopRetryTopicV1 serverLoadBalancerEnable \
         skipPreOnline skipWhenCKRePutReachMaxTimes usePIDColdCtrStrategy useStaticSubscription \
         validateSystemTopicWhenUpdateTopic",
    },
    Group {
        class: Class::BrokerConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Int,
        said_elsewhere: false,
        names: "ackMessageThreadPoolNums ackThreadPoolQueueCapacity adminBrokerThreadPoolQueueCapacity \
         broadcastOffsetExpireMaxSecond broadcastOffsetExpireSecond brokerElectionPriority cgColdReadThreshold \
         cleanOfflineBrokerInterval commercialSizePerMsg consumerOffsetUpdateVersionStep defaultPopShareQueueNum \
         delayOffsetUpdateVersionStep fetchNamesrvAddrInterval forwardTimeout globalColdReadThreshold \
         litePullMessageThreadPoolNums litePullThreadPoolQueueCapacity loadBalancePollNameServerInterval \
         loadBalanceProcessorThreadPoolNums loadBalanceThreadPoolQueueCapacity maxPopPollingSize maxStatsIdleTimeInMinutes \
         metricGrpcExporterIntervalInMills metricGrpcExporterTimeOutInMills metricLoggingExporterIntervalInMills \
         metricsOtelCardinalityLimit metricsPromExporterPort popCkMaxBufferSize popCkOffsetMaxQueueSize popCkStayBufferTime \
         popCkStayBufferTimeOut popFromRetryProbability popInflightMessageThreshold popLongPollingForceNotifyInterval \
         popPollingMapSize popPollingSize popReviveMaxAttemptTimes popReviveMaxReturnSizePerRead printChannelGroupsMinNum \
         recoverThreadPoolNums reviveAckWaitMs reviveInterval reviveMaxSlow reviveQueueNum reviveScanTime \
         sendHeartbeatTimeoutMillis splitRegistrationSize subscriptionExpiredTimeout syncBrokerMemberGroupPeriod \
         syncBrokerMetadataPeriod syncControllerMetadataPeriod transactionMetricFlushInterval updateNameServerAddrPeriod \
         waitTimeMillsInAckQueue waitTimeMillsInAdminBrokerQueue waitTimeMillsInLitePullQueue",
    },
    Group {
        class: Class::BrokerConfig,
        exists: Exists::InBoth,
        kind: Kind::Bool,
        said_elsewhere: false,
        names: "aclEnable autoDeleteUnusedStats brokerTopicEnable clusterTopicEnable compressedRegister \
         disableConsumeIfConsumerReadSlowly enableCalcFilterBitMap enableDetailStat enablePropertyFilter \
         fetchNamesrvAddrByAddressServer filterSupportRetry forceRegister highSpeedMode isolateLogEnable \
         notifyConsumerIdsChangedEnable rejectTransactionMessage storeReplyMessageEnable traceOn traceTopicEnable \
         transferMsgByHeap",
    },
    Group {
        class: Class::BrokerConfig,
        exists: Exists::InBoth,
        kind: Kind::Int,
        said_elsewhere: false,
        names: "adminBrokerThreadPoolNums clientManageThreadPoolNums clientManagerThreadPoolQueueCapacity commercialBaseCount \
         consumerFallbehindThreshold consumerManageThreadPoolNums consumerManagerThreadPoolQueueCapacity \
         endTransactionPoolQueueCapacity endTransactionThreadPoolNums expectConsumerNumUseFilter filterDataCleanTimeSpan \
         flushConsumerOffsetHistoryInterval heartbeatThreadPoolNums heartbeatThreadPoolQueueCapacity listenPort \
         maxErrorRateOfBloomFilter processReplyMessageThreadPoolNums pullMessageThreadPoolNums pullThreadPoolQueueCapacity \
         putMessageFutureThreadPoolNums putThreadPoolQueueCapacity queryMessageThreadPoolNums queryThreadPoolQueueCapacity \
         registerBrokerTimeoutMills replyThreadPoolQueueCapacity \
         startAcceptSendRequestTimeStamp waitTimeMillsInHeartbeatQueue waitTimeMillsInTransactionQueue",
    },
    Group {
        class: Class::BrokerConfig,
        exists: Exists::InBoth,
        kind: Kind::Text,
        said_elsewhere: false,
        names: "brokerClusterName brokerIP1 brokerIP2 configBlackList messageStorePlugIn msgTraceTopicName regionId rocketmqHome",
    },
    Group {
        class: Class::BrokerConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Text,
        said_elsewhere: false,
        names: "brokerConfigPath configManagerVersion controllerAddr defaultMessageRequestMode metricsExporterType \
         metricsGrpcExporterHeader metricsGrpcExporterTarget metricsLabel metricsPromExporterHost",
    },
    Group {
        class: Class::BrokerConfig,
        exists: Exists::InBoth,
        kind: Kind::Int,
        said_elsewhere: true,
        names: "brokerId",
    },
    Group {
        class: Class::BrokerConfig,
        exists: Exists::InBoth,
        kind: Kind::Text,
        said_elsewhere: true,
        names: "brokerName namesrvAddr",
    },
    Group {
        class: Class::BrokerConfig,
        exists: Exists::Only(Profile::V4_9),
        kind: Kind::Int,
        said_elsewhere: false,
        names: "commercialBigCount commercialTimerCount commercialTransCount filterServerNums maxDelayTime",
    },
    Group {
        class: Class::BrokerConfig,
        exists: Exists::Only(Profile::V4_9),
        kind: Kind::Bool,
        said_elsewhere: false,
        names: "commercialEnable",
    },
    Group {
        class: Class::NettyServerConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Text,
        said_elsewhere: false,
        names: "bindAddress",
    },
    Group {
        class: Class::NettyServerConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Bool,
        said_elsewhere: false,
        names: "enableShutdownGracefully serverNettyWorkerGroupEnable",
    },
    Group {
        class: Class::NettyServerConfig,
        exists: Exists::InBoth,
        kind: Kind::Int,
        said_elsewhere: false,
        names: "serverAsyncSemaphoreValue serverCallbackExecutorThreads serverChannelMaxIdleTimeSeconds serverOnewaySemaphoreValue \
         serverSelectorThreads serverSocketBacklog serverSocketRcvBufSize serverSocketSndBufSize serverWorkerThreads \
         writeBufferHighWaterMark writeBufferLowWaterMark",
    },
    Group {
        class: Class::NettyServerConfig,
        exists: Exists::InBoth,
        kind: Kind::Bool,
        said_elsewhere: false,
        names: "serverPooledByteBufAllocatorEnable useEpollNativeSelector",
    },
    Group {
        class: Class::NettyServerConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Int,
        said_elsewhere: false,
        names: "shutdownWaitTimeSeconds",
    },
    Group {
        class: Class::NettyClientConfig,
        exists: Exists::InBoth,
        kind: Kind::Int,
        said_elsewhere: false,
        names: "channelNotActiveInterval clientAsyncSemaphoreValue clientCallbackExecutorThreads clientChannelMaxIdleTimeSeconds \
         clientOnewaySemaphoreValue clientSocketRcvBufSize clientSocketSndBufSize clientWorkerThreads connectTimeoutMillis",
    },
    Group {
        class: Class::NettyClientConfig,
        exists: Exists::InBoth,
        kind: Kind::Bool,
        said_elsewhere: false,
        names: "clientCloseSocketIfTimeout clientPooledByteBufAllocatorEnable useTLS",
    },
    Group {
        class: Class::NettyClientConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Bool,
        said_elsewhere: false,
        names: "disableCallbackExecutor disableNettyWorkerGroup enableReconnectForGoAway scanAvailableNameSrv",
    },
    Group {
        class: Class::NettyClientConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Int,
        said_elsewhere: false,
        names: "maxReconnectIntervalTimeSeconds",
    },
    Group {
        class: Class::NettyClientConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Text,
        said_elsewhere: false,
        names: "socksProxyConfig",
    },
    Group {
        class: Class::AuthConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Int,
        said_elsewhere: false,
        names: "aclCacheExpiredSecond aclCacheMaxNum aclCacheRefreshSecond statefulAuthenticationCacheExpiredSecond \
         statefulAuthenticationCacheMaxNum statefulAuthorizationCacheExpiredSecond statefulAuthorizationCacheMaxNum \
         userCacheExpiredSecond userCacheMaxNum userCacheRefreshSecond",
    },
    Group {
        class: Class::AuthConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Text,
        said_elsewhere: false,
        names: "authConfigPath authenticationMetadataProvider authenticationProvider authenticationStrategy authenticationWhitelist \
         authorizationMetadataProvider authorizationProvider authorizationStrategy authorizationWhitelist clusterName \
         configName initAuthenticationUser innerClientAuthenticationCredentials",
    },
    Group {
        class: Class::AuthConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Bool,
        said_elsewhere: false,
        names: "authenticationEnabled authorizationEnabled migrateAuthFromV1Enabled",
    },
    Group {
        class: Class::TieredStoreConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Int,
        said_elsewhere: false,
        names: "commitLogRollingInterval commitLogRollingMinimumSize readAheadCacheExpireDuration readAheadMessageCountThreshold \
         readAheadMessageSizeThreshold tieredStorageLevel tieredStoreCommitLogMaxSize tieredStoreConsumeQueueMaxSize \
         tieredStoreDeleteFileInterval tieredStoreFileReservedTime tieredStoreGroupCommitCount tieredStoreGroupCommitSize \
         tieredStoreGroupCommitTimeout tieredStoreIndexFileMaxHashSlotNum tieredStoreIndexFileMaxIndexNum \
         tieredStoreMaxGroupCommitCount tieredStoreMaxPendingLimit",
    },
    Group {
        class: Class::TieredStoreConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Text,
        said_elsewhere: false,
        names: "objectStoreAccessKey objectStoreBucket objectStoreEndpoint objectStoreSecretKey readAheadCacheSizeThresholdRate \
         tieredBackendServiceProvider tieredMetadataServiceProvider tieredStoreFilePath",
    },
    Group {
        class: Class::TieredStoreConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Bool,
        said_elsewhere: false,
        names: "readAheadCacheEnable recordGetMessageResult tieredStoreCrcCheckEnable tieredStoreDeleteFileEnable \
         tieredStoreGroupCommit",
    },
    Group {
        class: Class::SystemProperty,
        exists: Exists::InBoth,
        kind: Kind::Text,
        said_elsewhere: false,
        names: "rocketmq.broker.diskSpaceWarningLevelRatio rocketmq.broker.diskSpaceCleanForciblyRatio \
         rocketmq.broker.multiPathSplitter",
    },
];

/// What else a producer can be given.
pub(super) const PRODUCER: &[Group] = &[
    Group {
        class: Class::ClientConfig,
        exists: Exists::InBoth,
        kind: Kind::Text,
        said_elsewhere: false,
        names: "accessChannel clientIP language namespace unitName",
    },
    Group {
        class: Class::DefaultMqProducer,
        exists: Exists::InBoth,
        kind: Kind::Text,
        said_elsewhere: false,
        names: "asyncSenderExecutor callbackExecutor latencyMax notAvailableDuration",
    },
    Group {
        class: Class::DefaultMqProducer,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Bool,
        said_elsewhere: false,
        names: "autoBatch",
    },
    Group {
        class: Class::ClientConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Bool,
        said_elsewhere: false,
        names: "decodeDecompressBody decodeReadBody enableTrace useHeartbeatV2",
    },
    Group {
        class: Class::ClientConfig,
        exists: Exists::InBoth,
        kind: Kind::Int,
        said_elsewhere: false,
        names: "clientCallbackExecutorThreads persistConsumerOffsetInterval pullTimeDelayMillsWhenException",
    },
    Group {
        class: Class::DefaultMqProducer,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Int,
        said_elsewhere: false,
        names: "compressLevel",
    },
    Group {
        class: Class::ClientConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Int,
        said_elsewhere: false,
        names: "traceMsgBatchNum",
    },
    Group {
        class: Class::DefaultMqProducer,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Text,
        said_elsewhere: false,
        names: "compressType topics",
    },
    Group {
        class: Class::ClientConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Text,
        said_elsewhere: false,
        names: "namespaceV2 socksProxyConfig traceTopic",
    },
    Group {
        class: Class::ClientConfig,
        exists: Exists::InBoth,
        kind: Kind::Bool,
        said_elsewhere: false,
        names: "enableStreamRequestType unitMode useTLS",
    },
    Group {
        class: Class::DefaultMqProducer,
        exists: Exists::InBoth,
        kind: Kind::Bool,
        said_elsewhere: false,
        names: "sendMessageWithVIPChannel",
    },
    Group {
        class: Class::ClientConfig,
        exists: Exists::InBoth,
        kind: Kind::Text,
        said_elsewhere: true,
        names: "instanceName namesrvAddr",
    },
    Group {
        class: Class::DefaultMqProducer,
        exists: Exists::InBoth,
        kind: Kind::Text,
        said_elsewhere: true,
        names: "producerGroup",
    },
    Group {
        class: Class::NettyClientConfig,
        exists: Exists::InBoth,
        kind: Kind::Int,
        said_elsewhere: false,
        names: "channelNotActiveInterval clientSocketRcvBufSize clientSocketSndBufSize clientWorkerThreads writeBufferHighWaterMark \
         writeBufferLowWaterMark",
    },
    Group {
        class: Class::NettyClientConfig,
        exists: Exists::InBoth,
        kind: Kind::Bool,
        said_elsewhere: false,
        names: "clientPooledByteBufAllocatorEnable",
    },
    Group {
        class: Class::NettyClientConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Bool,
        said_elsewhere: false,
        names: "disableCallbackExecutor disableNettyWorkerGroup enableReconnectForGoAway scanAvailableNameSrv",
    },
    Group {
        class: Class::NettyClientConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Int,
        said_elsewhere: false,
        names: "maxReconnectIntervalTimeSeconds",
    },
    Group {
        class: Class::SystemProperty,
        exists: Exists::InBoth,
        kind: Kind::Text,
        said_elsewhere: false,
        names: "rocketmq.client.logRoot rocketmq.client.logLevel rocketmq.client.logUseSlf4j",
    },
];

/// What else a push consumer can be given.
pub(super) const CONSUMER: &[Group] = &[
    Group {
        class: Class::ClientConfig,
        exists: Exists::InBoth,
        kind: Kind::Text,
        said_elsewhere: false,
        names: "accessChannel clientIP language namespace unitName",
    },
    Group {
        class: Class::DefaultMqPushConsumer,
        exists: Exists::InBoth,
        kind: Kind::Text,
        said_elsewhere: false,
        names: "allocateMessageQueueStrategy consumeTimestamp messageListener offsetStore",
    },
    Group {
        class: Class::DefaultMqPushConsumer,
        exists: Exists::InBoth,
        kind: Kind::Int,
        said_elsewhere: false,
        names: "adjustThreadPoolNumsThreshold",
    },
    Group {
        class: Class::ClientConfig,
        exists: Exists::InBoth,
        kind: Kind::Int,
        said_elsewhere: false,
        names: "clientCallbackExecutorThreads",
    },
    Group {
        class: Class::DefaultMqPushConsumer,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Bool,
        said_elsewhere: false,
        names: "clientRebalance",
    },
    Group {
        class: Class::ClientConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Bool,
        said_elsewhere: false,
        names: "decodeDecompressBody decodeReadBody enableTrace sendLatencyEnable startDetectorEnable useHeartbeatV2",
    },
    Group {
        class: Class::DefaultMqPushConsumer,
        exists: Exists::InBoth,
        kind: Kind::Text,
        said_elsewhere: true,
        names: "consumerGroup messageModel subscription",
    },
    Group {
        class: Class::ClientConfig,
        exists: Exists::InBoth,
        kind: Kind::Text,
        said_elsewhere: true,
        names: "instanceName namesrvAddr",
    },
    Group {
        class: Class::ClientConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Int,
        said_elsewhere: false,
        names: "detectInterval detectTimeout traceMsgBatchNum",
    },
    Group {
        class: Class::ClientConfig,
        exists: Exists::InBoth,
        kind: Kind::Bool,
        said_elsewhere: false,
        names: "enableStreamRequestType unitMode useTLS",
    },
    Group {
        class: Class::DefaultMqPushConsumer,
        exists: Exists::InBoth,
        kind: Kind::Bool,
        said_elsewhere: false,
        names: "postSubscriptionWhenPull",
    },
    Group {
        class: Class::DefaultMqPushConsumer,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Text,
        said_elsewhere: false,
        names: "messageQueueListener",
    },
    Group {
        class: Class::ClientConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Text,
        said_elsewhere: false,
        names: "namespaceV2 socksProxyConfig traceTopic",
    },
    Group {
        class: Class::NettyClientConfig,
        exists: Exists::InBoth,
        kind: Kind::Int,
        said_elsewhere: false,
        names: "channelNotActiveInterval clientAsyncSemaphoreValue clientOnewaySemaphoreValue clientSocketRcvBufSize \
         clientSocketSndBufSize clientWorkerThreads writeBufferHighWaterMark writeBufferLowWaterMark",
    },
    Group {
        class: Class::NettyClientConfig,
        exists: Exists::InBoth,
        kind: Kind::Bool,
        said_elsewhere: false,
        names: "clientPooledByteBufAllocatorEnable",
    },
    Group {
        class: Class::NettyClientConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Bool,
        said_elsewhere: false,
        names: "disableCallbackExecutor disableNettyWorkerGroup enableReconnectForGoAway scanAvailableNameSrv",
    },
    Group {
        class: Class::NettyClientConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Int,
        said_elsewhere: false,
        names: "maxReconnectIntervalTimeSeconds",
    },
    Group {
        class: Class::SystemProperty,
        exists: Exists::InBoth,
        kind: Kind::Text,
        said_elsewhere: false,
        names: "rocketmq.client.localOffsetStoreDir rocketmq.client.logRoot rocketmq.client.logLevel rocketmq.client.logUseSlf4j",
    },
    Group {
        class: Class::SystemProperty,
        exists: Exists::InBoth,
        kind: Kind::Int,
        said_elsewhere: false,
        names: "rocketmq.client.maxTimeConsumeContinuously rocketmq.client.unlockDelayTimeMills",
    },
];

/// What else a name server or controller can be given.
pub(super) const NAME_SERVER: &[Group] = &[
    Group {
        class: Class::NamesrvConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Int,
        said_elsewhere: false,
        names: "clientRequestThreadPoolNums clientRequestThreadPoolQueueCapacity defaultThreadPoolNums \
         defaultThreadPoolQueueCapacity unRegisterBrokerQueueCapacity waitSecondsForService",
    },
    Group {
        class: Class::NamesrvConfig,
        exists: Exists::InBoth,
        kind: Kind::Bool,
        said_elsewhere: false,
        names: "clusterTest orderMessageEnable",
    },
    Group {
        class: Class::NamesrvConfig,
        exists: Exists::InBoth,
        kind: Kind::Text,
        said_elsewhere: false,
        names: "configBlackList configStorePath kvConfigPath productEnvName rocketmqHome",
    },
    Group {
        class: Class::NamesrvConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Bool,
        said_elsewhere: false,
        names: "deleteTopicWithBrokerRegistration enableAllTopicList enableTopicList needWaitForService \
         returnOrderTopicConfigToBroker",
    },
    Group {
        class: Class::ControllerConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Text,
        said_elsewhere: false,
        names: "controllerDLegerGroup controllerDLegerPeers controllerDLegerSelfId controllerStorePath controllerType jraftConfig \
         metricsExporterType metricsGrpcExporterHeader metricsGrpcExporterTarget metricsLabel metricsPromExporterHost",
    },
    Group {
        class: Class::ControllerConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Int,
        said_elsewhere: false,
        names: "controllerRequestThreadPoolQueueCapacity controllerThreadPoolNums electMasterMaxRetryCount mappedFileSize \
         metricGrpcExporterIntervalInMills metricGrpcExporterTimeOutInMills metricLoggingExporterIntervalInMills \
         metricsPromExporterPort",
    },
    Group {
        class: Class::ControllerConfig,
        exists: Exists::Only(Profile::V5_3),
        kind: Kind::Bool,
        said_elsewhere: false,
        names: "metricsInDelta notifyBrokerRoleChanged processReadEvent",
    },
];
