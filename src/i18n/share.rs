//! What the second part says of links and embeds, per language.

use loss_lab_present::embed::Part;
use loss_lab_present::link::Why;

use super::Language;

/// Its texts.
#[allow(missing_docs, reason = "each field is named after what it says")]
pub struct ShareTexts {
    pub copy_link: &'static str,
    pub copied: &'static str,
    /// No link can say it …
    pub too_long: &'static str,
    /// What is wrong with the link that was opened …
    pub bad_link: &'static str,
    /// … each thing …
    pub why: fn(&Why) -> String,
    /// … where …
    pub wrong: fn(usize, &str) -> String,
    /// … and the button that takes the words away.
    pub dismiss: &'static str,
    /// The embed's own bar.
    pub cut_power: &'static str,
    pub open_in_lab: &'static str,
    pub figure: &'static str,
    /// The view that makes an embed.
    pub embed_title: &'static str,
    pub embed_words: &'static str,
    pub scenario: &'static str,
    pub this_run: &'static str,
    pub position: &'static str,
    pub where_it_stands: &'static str,
    pub parts: &'static str,
    pub part: fn(Part) -> &'static str,
    pub language: &'static str,
    pub theme: &'static str,
    pub as_the_page: &'static str,
    pub light: &'static str,
    pub dark: &'static str,
    pub base: &'static str,
    pub preview: &'static str,
    pub paste: &'static str,
    pub paste_into: [&'static str; 2],
    pub in_the_page: &'static str,
    pub copy: &'static str,
    pub copied_lines: &'static str,
    pub hosting: &'static str,
}

impl ShareTexts {
    /// Those of a language.
    #[must_use]
    pub const fn of(language: Language) -> &'static Self {
        language.pick(&EN, &ZH)
    }
}

static EN: ShareTexts = ShareTexts {
    copy_link: "Copy a link to this moment",
    copied: "Link copied",
    too_long: "This run is too long for a link. Save it as a scenario file instead.",
    bad_link: "Not all of this link could be used. The lab is as it would be without that part.",
    why: |why| match why {
        Why::TooLong => "it is longer than any link this page writes".to_owned(),
        Why::NoSuchRoom(word) => format!("there is no view “{word}”"),
        Why::Unknown(key) => {
            format!("“{key}” is neither a parameter of links nor a RocketMQ key of this lab")
        }
        Why::Twice(key) => format!("“{key}” is there twice"),
        Why::Value(key, value) => format!("“{key}” cannot be “{value}”"),
        Why::TwoScenarios => "it says two scenarios".to_owned(),
        Why::Version(version) => {
            format!("it was packed by a later version of the lab ({version})")
        }
        Why::Checksum => "its end is missing, or a character was changed".to_owned(),
        Why::Damaged => "it holds what this page never packs".to_owned(),
        Why::Scenario(problem) => format!("its scenario cannot be played: {problem}"),
    },
    wrong: |at, why| format!("Character {at}: {why}."),
    dismiss: "Dismiss",
    cut_power: "Cut power",
    open_in_lab: "Open in Loss Lab",
    figure: "Loss Lab, an interactive figure",
    embed_title: "In your own page",
    embed_words: "Choose what readers see, look at the preview, paste the lines beside it. The reader's page loads the lab when it comes into view, and nothing runs while it is out of sight.",
    scenario: "Scenario",
    this_run: "The run in the lab, as it is now",
    position: "Opens at",
    where_it_stands: "event no. (0: the beginning)",
    parts: "Parts",
    part: |part| match part {
        Part::Stage => "Stage",
        Part::Why => "What happened",
        Part::Time => "Timeline",
        Part::Ledger => "Ledger",
        Part::Status => "Statuses",
        Part::Settings => "Settings",
    },
    language: "Language",
    theme: "Theme",
    as_the_page: "as the page around it",
    light: "light",
    dark: "dark",
    base: "Where your copy of the lab lies",
    preview: "Preview",
    paste: "Lines to paste",
    paste_into: ["Once, into ", ""],
    in_the_page: "Where it should stand",
    copy: "Copy",
    copied_lines: "Copied",
    hosting: "Content security policy: the page needs script-src and frame-src for the address of the lab, nothing else.",
};

static ZH: ShareTexts = ShareTexts {
    copy_link: "复制指向此刻的链接",
    copied: "链接已复制",
    too_long: "这次运行太长，放不进链接。请另存为场景文件。",
    bad_link: "链接有一部分无法使用，已按没有这部分处理。",
    why: |why| match why {
        Why::TooLong => "超过了本页面会写出的任何链接的长度".to_owned(),
        Why::NoSuchRoom(word) => format!("没有“{word}”这个视图"),
        Why::Unknown(key) => {
            format!("“{key}”既不是链接参数，也不是本实验室支持的 RocketMQ 配置项")
        }
        Why::Twice(key) => format!("“{key}”出现了两次"),
        Why::Value(key, value) => format!("“{key}”不能取“{value}”"),
        Why::TwoScenarios => "给出了两个场景".to_owned(),
        Why::Version(version) => format!("由更新版本的实验室打包（{version}）"),
        Why::Checksum => "末尾缺失，或有字符被改动".to_owned(),
        Why::Damaged => "内容不是本页面打包的".to_owned(),
        Why::Scenario(problem) => {
            format!(
                "其中的场景无法运行：{}",
                super::later::keys_zh::problem(problem)
            )
        }
    },
    wrong: |at, why| format!("第 {at} 个字符：{why}。"),
    dismiss: "知道了",
    cut_power: "断电",
    open_in_lab: "在丢消息实验室中打开",
    figure: "丢消息实验室（交互图）",
    embed_title: "放进你自己的页面",
    embed_words: "选好读者能看到什么，看看预览，再把给出的几行贴过去。读者滚动到它时才会加载；不在视野内时什么都不运行。",
    scenario: "场景",
    this_run: "实验室里当前的这次运行",
    position: "打开时停在",
    where_it_stands: "第几个事件（0 为开头）",
    parts: "显示哪些部分",
    part: |part| match part {
        Part::Stage => "舞台",
        Part::Why => "发生了什么",
        Part::Time => "时间轴",
        Part::Ledger => "账本",
        Part::Status => "状态",
        Part::Settings => "设置",
    },
    language: "语言",
    theme: "主题",
    as_the_page: "跟随所在页面",
    light: "浅色",
    dark: "深色",
    base: "你的实验室部署在",
    preview: "预览",
    paste: "要粘贴的内容",
    paste_into: ["一次性，写入 ", ""],
    in_the_page: "放在要出现的位置",
    copy: "复制",
    copied_lines: "已复制",
    hosting: "内容安全策略（CSP）：页面只需在 script-src 与 frame-src 中放行实验室的地址。",
};
