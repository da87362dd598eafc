//! What is wrong with a lesson, in Chinese. In English a problem says it itself, for terminals too.

use loss_lab_lesson::{Code, FORMAT, FORMS, Problem};

use super::keys_zh;

/// One of them, with its line.
pub(super) fn problem(problem: &Problem) -> String {
    let place = format!("第 {} 行：", problem.line);
    let rules = problem
        .profile
        .map(|profile| format!("在 {} 下，", profile.word()));
    [place, rules.unwrap_or_default(), code(&problem.code)].concat()
}

fn code(code: &Code) -> String {
    match code {
        Code::TooLong(most) => format!("文本太长，最多读 {most} 字节"),
        Code::Format => format!("课程要以 \"format: {FORMAT}\" 开头"),
        Code::Missing(what) => format!("缺少{}", thing(what)),
        Code::Unexpected(line) => format!("“{line}”不能出现在这里"),
        Code::Twice(what) => format!("{} 出现了两次", thing(what)),
        Code::NotOneOf(found, words) => format!("“{found}”不在其中：{}", words.join("、")),
        Code::BadMoment(found) => format!(
            "“{found}”不是一个时刻：请写 \"end\"、\"1500 ms\" 或 \"after 事件 [mN] [节点] [xN]\""
        ),
        Code::BadQuestion(found) => {
            format!("“{found}”不是一个问题，可写：{}", FORMS.join("、"))
        }
        Code::BadChange(found) => format!("“{found}”不是“节点 KEY=VALUE”的形式"),
        Code::TooMany(what, most) => format!("{}超过了 {most} 个", thing(what)),
        Code::NothingToGoOnWith => "第一步需要一个场景".to_owned(),
        Code::NoSuchScenario(name) => format!("场景库里没有“{name}”"),
        Code::Scenario(problem) => format!("场景里：{}", keys_zh::problem(problem)),
        Code::NoSuchNode(name) => format!("场景里没有名为“{name}”的 Broker 节点或客户端"),
        Code::Refused(what) => format!("{what} 不被接受：没有这个配置项，或不能取这个值"),
        Code::NeverHappens(what) => format!("“{what}”在这次运行里从不发生"),
        Code::TooMuchHappens => {
            "到这里为止发生的事太多，课程放不完：请选更早的时刻、少发消息或把 \"until\" 改小"
                .to_owned()
        }
        Code::GoesBack => "这个时刻早于运行已经到达的时刻".to_owned(),
        Code::NothingToAsk(what) => format!("那一刻没有{}", thing(what)),
        Code::NotOffered(answer) => format!("算出的答案是“{answer}”，但选项里没有它"),
        Code::OfferedTwice(answer) => format!("有两个选项都是算出的答案“{answer}”"),
    }
}

/// What a problem names in English; a word of the format, a node or a message is itself.
const THINGS: [(&str, &str); 16] = [
    ("the scenario", "场景"),
    ("a step", "步骤"),
    ("steps", "步骤"),
    ("choices", "选项"),
    ("changes in one step", "同一步里的改动"),
    ("the end of the scenario (```)", "场景的结尾（```）"),
    (
        "the text in one of the languages (## en, ## zh)",
        "其中一种语言的正文（## en、## zh）",
    ),
    (
        "the question (a line that begins with ?) in both languages",
        "两种语言的问题（以 ? 开头的行）",
    ),
    (
        "\"choose:\" with two choices or more",
        "至少有两个选项的 \"choose:\"",
    ),
    (
        "the heading in the second language (# English | 中文)",
        "另一种语言的标题（# English | 中文）",
    ),
    (
        "\"id:\" (small letters, digits and -)",
        "\"id:\"（小写字母、数字和 -）",
    ),
    ("\"en:\", the English title,", "英文标题 \"en:\""),
    ("\"zh:\", the Chinese title,", "中文标题 \"zh:\""),
    ("a step (# English | 中文)", "步骤（# English | 中文）"),
    ("such delivery", "这样的投递"),
    ("such pull", "这样的拉取"),
];

fn thing(what: &str) -> String {
    let known = THINGS.iter().find(|(english, _)| *english == what);
    known.map_or_else(
        || [" ", what].concat(),
        |(_, chinese)| (*chinese).to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use loss_lab_lesson::read;

    use super::*;

    #[test]
    fn what_a_lesson_lacks_is_said_in_chinese_with_its_line() {
        let problems = read("format: loss-lab-lesson/1\nid: x\nen: X\n").unwrap_err();
        let said: Vec<String> = problems.iter().map(problem).collect();
        assert_eq!(
            said,
            [
                "第 1 行：缺少中文标题 \"zh:\"",
                "第 1 行：缺少 \"profiles:\"",
                "第 1 行：缺少步骤（# English | 中文）"
            ]
        );
    }

    /// A word that a problem names in English is said in Chinese, too, unless it is one of the format's own.
    #[test]
    fn everything_that_a_problem_names_has_its_chinese() {
        let sources = [
            include_str!("../../../crates/lesson/src/read.rs"),
            include_str!("../../../crates/lesson/src/play.rs"),
            include_str!("../../../crates/lesson/src/ask.rs"),
        ];
        for (english, _) in THINGS {
            let written = english.replace('"', "\\\"");
            assert!(
                sources
                    .iter()
                    .any(|source| source.contains(&format!("\"{written}\""))),
                "{english}"
            );
        }
        for source in sources {
            for after in source
                .split("Code::Missing(")
                .chain(source.split("Code::TooMany("))
                .skip(1)
            {
                let Some(named) = after.trim_start().strip_prefix('"') else {
                    continue;
                };
                let named = named.replace("\\\"", "\u{1}");
                let named = named.split('"').next().unwrap().replace('\u{1}', "\"");
                let is_word = named.starts_with('"') && named.ends_with('"');
                assert!(
                    is_word || THINGS.iter().any(|(english, _)| *english == named),
                    "{named}"
                );
            }
        }
    }
}
