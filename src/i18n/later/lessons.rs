//! What the lessons' view says beside the lessons themselves.

use crate::i18n::Language;

/// Its words in one language.
#[allow(missing_docs, reason = "the words say it")]
pub struct Words {
    pub title: &'static str,
    pub lead: &'static str,
    pub steps: fn(usize) -> String,
    pub own: &'static str,
    pub own_wrong: &'static str,
    pub leave: &'static str,
    pub step: fn(usize, usize) -> String,
    pub rules: &'static str,
    pub full_screen: &'static str,
    pub stands: &'static str,
    pub show: &'static str,
    pub go_on: &'static str,
    pub next: &'static str,
    pub end: &'static str,
    pub again: &'static str,
    pub back: &'static str,
    pub your_guess: &'static str,
    pub answer: &'static str,
    pub right: &'static str,
    pub wrong: fn(&str) -> String,
    pub hands: &'static str,
    pub more_hands: fn(&str) -> String,
    pub fewer_hands: fn(&str) -> String,
    pub keys: &'static str,
}

/// In this language.
#[must_use]
pub fn words(language: Language) -> &'static Words {
    match language {
        Language::En => &EN,
        Language::Zh => &ZH,
    }
}

static EN: Words = Words {
    title: "Lessons: predict, then see",
    lead: "Each step asks before it shows. What is right, the engine computes from the run in front of you.",
    steps: |count| format!("{count} steps"),
    own: "Open a lesson of your own",
    own_wrong: "This lesson cannot be given yet:",
    leave: "All lessons",
    step: |place, steps| format!("Step {place} of {steps}"),
    rules: "Whose rules apply",
    full_screen: "Full screen",
    stands: "What stands",
    show: "Show what happens",
    go_on: "Go on",
    next: "Next step",
    end: "That was the lesson",
    again: "Ask again",
    back: "Back",
    your_guess: "your guess",
    answer: "what happens",
    right: "You said it.",
    wrong: |guess| format!("You said: {guess}."),
    hands: "Show of hands",
    more_hands: |choice| format!("One more hand for {choice}"),
    fewer_hands: |choice| format!("One hand fewer for {choice}"),
    keys: "`1`–`9` guess · `→` `PageDown` on · `←` `PageUp` back · `F` full screen",
};

static ZH: Words = Words {
    title: "课程：先预测，再看结果",
    lead: "每一步都先提问，再演示。正确答案由引擎根据眼前这次运行算出。",
    steps: |count| format!("{count} 步"),
    own: "打开自己的课程",
    own_wrong: "这门课程还不能讲：",
    leave: "全部课程",
    step: |place, steps| format!("第 {place} 步，共 {steps} 步"),
    rules: "适用哪个版本的规则",
    full_screen: "全屏",
    stands: "当前情形",
    show: "看看会发生什么",
    go_on: "继续",
    next: "下一步",
    end: "本课到此结束",
    again: "重新提问",
    back: "返回",
    your_guess: "你的预测",
    answer: "实际结果",
    right: "你说对了。",
    wrong: |guess| format!("你的预测是：{guess}。"),
    hands: "举手统计",
    more_hands: |choice| format!("“{choice}”加一票"),
    fewer_hands: |choice| format!("“{choice}”减一票"),
    keys: "`1`–`9` 预测 · `→` `PageDown` 前进 · `←` `PageUp` 后退 · `F` 全屏",
};
