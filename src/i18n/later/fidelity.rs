//! What the *Fidelity* view says.

use crate::i18n::Language;

/// Its words in one language.
#[allow(missing_docs, reason = "the words say it")]
pub struct Words {
    pub title: &'static str,
    pub lead: &'static str,
    pub how: &'static str,
    pub version: &'static str,
    pub recordings: &'static str,
    pub reproduced: &'static str,
    pub table: &'static str,
    pub every_version: &'static str,
    pub find: &'static str,
    pub differing: &'static str,
    pub shown: fn(usize, usize) -> String,
    pub scenario: &'static str,
    pub compared: &'static str,
    pub result: &'static str,
    pub same: &'static str,
    pub differs: &'static str,
    pub real: &'static str,
    pub engine: &'static str,
    pub play: &'static str,
    pub absent: &'static str,
    pub absent_lead: &'static str,
    pub rule: &'static str,
    pub asked: &'static str,
    /// Each observation, by the name that the table gives it; another name stands as it is.
    pub observation: fn(&str) -> Option<&'static str>,
}

/// In this language.
#[must_use]
pub fn words(language: Language) -> &'static Words {
    language.pick(&EN, &ZH)
}

static EN: Words = Words {
    title: "Does the engine do what RocketMQ does?",
    lead: "Each row is a scenario that was run on a cluster of real brokers. The engine ran the same scenario, and what both \
           did was compared, observation by observation.",
    how: "A row is reproduced when some seed gives the same outcomes, and times that agree within 150 ms or 3 %. Anybody with a \
          JDK 17 and Maven can ask again: `cargo xtask record ID`.",
    version: "RocketMQ",
    recordings: "Recordings",
    reproduced: "Reproduced",
    table: "All recordings",
    every_version: "Every version",
    find: "Find a scenario",
    differing: "Only those that differ",
    shown: |shown, all| format!("{shown} of {all}"),
    scenario: "Scenario",
    compared: "Compared",
    result: "Result",
    same: "reproduced",
    differs: "differs",
    real: "real broker",
    engine: "engine",
    play: "Play",
    absent: "What is not modelled",
    absent_lead: "The engine refuses or warns; it does not guess.",
    rule: "Rule of RocketMQ",
    asked: "When a scenario asks for it",
    observation: |_| None,
};

static ZH: Words = Words {
    title: "引擎与真实的 RocketMQ 一致吗？",
    lead: "每一行都是一个在真实 Broker 集群上运行过的场景。引擎运行同一场景，再把双方的行为逐项对比。",
    how: "只要有一个随机种子得到相同的结果，且时间相差不超过 150 ms 或 3 %，就算复现。装有 JDK 17 和 Maven 的人都可以重新录制：`cargo xtask record ID`。",
    version: "RocketMQ",
    recordings: "录制数",
    reproduced: "已复现",
    table: "全部录制",
    every_version: "所有版本",
    find: "查找场景",
    differing: "只看有差异的",
    shown: |shown, all| format!("{shown} / {all}"),
    scenario: "场景",
    compared: "对比内容",
    result: "结果",
    same: "已复现",
    differs: "有差异",
    real: "真实 Broker",
    engine: "引擎",
    play: "播放",
    absent: "未建模的规则",
    absent_lead: "遇到它们，引擎会拒绝或给出警告，而不会猜测。",
    rule: "RocketMQ 的规则",
    asked: "场景用到它时",
    observation: |name| {
        Some(match name {
            "outcome" => "发送结果",
            "attempts" => "尝试次数",
            "queue offset" => "队列位点",
            "deliveries" => "投递次数",
            "order" => "消费顺序",
            "contents" => "队列内容",
            "committed" => "已提交位点",
            "call takes" => "调用耗时",
            "delivered" => "投递时间",
            "transaction" => "事务",
            "unusual pull" => "异常拉取",
            "script's pull" => "脚本拉取",
            _ => return None,
        })
    },
};

#[cfg(test)]
mod tests {
    use loss_lab_present::fidelity::Fidelity;

    use super::ZH;

    #[test]
    fn every_observation_has_chinese_words() {
        for row in Fidelity::read().rows {
            for compared in row.compared {
                assert!(
                    (ZH.observation)(&compared.observation).is_some(),
                    "{}",
                    compared.observation
                );
            }
        }
    }
}
