//! What an author pastes to have the lab in a page of their own.

use crate::embed::Parts;
use crate::link::{Cursor, Lang, Theme, cursor_words};

/// What is pasted into.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Tool {
    Html,
    Iframe,
    MdBook,
    VitePress,
    Docusaurus,
    Reveal,
}

impl Tool {
    /// All, in the order of the choice.
    pub const ALL: [Self; 6] = [
        Self::Html,
        Self::Iframe,
        Self::MdBook,
        Self::VitePress,
        Self::Docusaurus,
        Self::Reveal,
    ];

    /// As it calls itself.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Html => "HTML",
            Self::Iframe => "iframe",
            Self::MdBook => "mdBook",
            Self::VitePress => "VitePress",
            Self::Docusaurus => "Docusaurus",
            Self::Reveal => "reveal.js",
        }
    }
}

/// An embed as its author wants it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// A name of the library, or what stands after a link's `?`.
    pub scenario: String,
    /// Where it stands.
    pub at: Option<Cursor>,
    /// What is shown.
    pub parts: Parts,
    /// The language; none: the page's own.
    pub lang: Option<Lang>,
    /// The theme; none: the page's own.
    pub theme: Option<Theme>,
}

/// A piece to paste.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    /// The file that it goes into, if the tool has a fixed one for it.
    pub file: Option<&'static str>,
    /// What is pasted.
    pub text: String,
}

impl Wanted {
    /// The address of the embed itself, from the lab's own folder on.
    #[must_use]
    pub fn address(&self) -> String {
        let mut text = crate::host::fragment(&self.scenario);
        let mut add = |key: &str, value: &str| text = [&text, "&", key, "=", value].concat();
        if let Some(cursor) = self.at {
            let (key, value) = cursor_words(cursor);
            add(key, &value);
        }
        add("view", &self.parts.words().join(","));
        if let Some(lang) = self.lang {
            add("lang", lang.word());
        }
        if let Some(theme) = self.theme {
            add("theme", theme.word());
        }
        ["index.html", &text].concat()
    }

    /// The element.
    fn element(&self) -> String {
        let mut tag = "<loss-lab".to_owned();
        let mut add = |key: &str, value: &str| {
            tag = [&tag, " ", key, "=\"", &quoted(value), "\""].concat();
        };
        add("scenario", &self.scenario);
        if let Some(cursor) = self.at {
            let (key, value) = cursor_words(cursor);
            add(key, &value);
        }
        add("view", &self.parts.words().join(" "));
        if let Some(lang) = self.lang {
            add("lang", lang.word());
        }
        if let Some(theme) = self.theme {
            add("theme", theme.word());
        }
        [&tag, "></loss-lab>"].concat()
    }

    fn iframe(&self, base: &str, source: &str) -> String {
        let address = quoted(&[base, &self.address()].concat());
        [
            "<iframe ",
            source,
            "=\"",
            &address,
            "\" title=\"Loss Lab\" width=\"100%\" height=\"560\" loading=\"lazy\"></iframe>",
        ]
        .concat()
    }

    /// What to paste where, for a lab that lies at `base` (which ends with `/`).
    #[must_use]
    pub fn pieces(&self, tool: Tool, base: &str) -> Vec<Piece> {
        let script = [base, "loss-lab-embed.js"].concat();
        let tag = ["<script src=\"", &quoted(&script), "\" async></script>"].concat();
        let piece = |file, text| Piece { file, text };
        match tool {
            Tool::Html => vec![piece(None, [&tag, "\n", &self.element()].concat())],
            Tool::Iframe => vec![piece(None, self.iframe(base, "src"))],
            Tool::MdBook => vec![
                piece(Some("theme/head.hbs"), tag),
                piece(None, self.element()),
            ],
            Tool::VitePress => vec![
                piece(
                    Some(".vitepress/config.mjs"),
                    [
                        "head: [[\"script\", { src: \"",
                        &script,
                        "\", async: \"\" }]],\nvue: { template: { compilerOptions: { isCustomElement: (tag) => tag === \"loss-lab\" } } },",
                    ]
                    .concat(),
                ),
                piece(None, self.element()),
            ],
            Tool::Docusaurus => vec![
                piece(
                    Some("docusaurus.config.js"),
                    ["scripts: [{ src: \"", &script, "\", async: true }],"].concat(),
                ),
                piece(None, self.element()),
            ],
            Tool::Reveal => vec![piece(
                None,
                [
                    "<section>\n  ",
                    &self.iframe(base, "data-src"),
                    "\n</section>",
                ]
                .concat(),
            )],
        }
    }
}

/// A text as the value of an attribute between double quotes.
fn quoted(text: &str) -> String {
    let mut quoted = String::new();
    for c in text.chars() {
        match c {
            '&' => quoted.push_str("&amp;"),
            '"' => quoted.push_str("&quot;"),
            '<' => quoted.push_str("&lt;"),
            c => quoted.push(c),
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use loss_lab_engine::units::SimTime;

    use super::*;
    use crate::link;

    fn wanted() -> Wanted {
        Wanted {
            scenario: "crash-async-flush".to_owned(),
            at: Some(Cursor::Time(SimTime::from_millis(100))),
            parts: Parts::of_words(["stage", "ledger"].into_iter()).unwrap(),
            lang: Some(Lang::Zh),
            theme: None,
        }
    }

    #[test]
    fn an_author_pastes_a_script_and_an_element() {
        let [html] = wanted()
            .pieces(Tool::Html, "https://lab.example/")
            .try_into()
            .unwrap();
        assert_eq!(
            html.text,
            "<script src=\"https://lab.example/loss-lab-embed.js\" async></script>\n<loss-lab scenario=\"crash-async-flush\" at=\"100\" view=\"stage ledger\" lang=\"zh\"></loss-lab>"
        );
        for tool in Tool::ALL {
            let pieces = wanted().pieces(tool, "https://lab.example/");
            assert!(!pieces.is_empty());
            assert!(pieces.iter().all(|piece| !piece.text.contains("script>\"")));
        }
    }

    #[test]
    fn its_address_is_a_link_that_opens() {
        let mut wanted = wanted();
        for scenario in [
            "send-ok",
            "slaves=0&seed=4",
            "flushDiskType=SYNC_FLUSH&do=0:send*3",
        ] {
            wanted.scenario = scenario.to_owned();
            let address = wanted.address();
            let (link, bad) = link::read(address.strip_prefix("index.html").unwrap());
            assert_eq!(bad, [], "{address}");
            assert_eq!(link.room, link::Room::Embed);
            assert_eq!(link.view, ["stage", "ledger"]);
            assert_eq!(link.lang, Some(Lang::Zh));
        }
    }

    #[test]
    fn nothing_in_a_scenario_leaves_its_attribute() {
        let mut wanted = wanted();
        wanted.scenario = "x=\"><script>alert(1)</script>".to_owned();
        for tool in Tool::ALL {
            for piece in wanted.pieces(tool, "./") {
                assert!(!piece.text.contains("<script>alert"), "{}", piece.text);
            }
        }
    }

    /// The sites of examples/ have what an author would paste, as it is.
    #[test]
    fn the_examples_are_what_is_pasted() {
        let base = "/handbook/loss-lab/";
        let first = Wanted {
            scenario: "crash-async-flush".to_owned(),
            at: Some(Cursor::Step(6)),
            parts: Parts::of_words(["stage", "why"].into_iter()).unwrap(),
            lang: None,
            theme: None,
        };
        let second = Wanted {
            scenario: "flushDiskType=ASYNC_FLUSH&slaves=0&consumers=0&do=0:send*3;100:power-loss:broker-a/0".to_owned(),
            at: Some(Cursor::Time(SimTime::from_millis(100))),
            parts: Parts::of_words(["stage", "ledger"].into_iter()).unwrap(),
            ..first.clone()
        };
        let sites = [
            (
                Tool::MdBook,
                "mdbook",
                ["src/storing.md", "src/storing-en.md"],
                "src/iframe.md",
            ),
            (
                Tool::VitePress,
                "vitepress",
                ["index.md", "en/index.md"],
                "iframe.md",
            ),
            (
                Tool::Docusaurus,
                "docusaurus",
                ["docs/storing.md", "docs/storing-en.md"],
                "docs/iframe.md",
            ),
        ];
        // A tool's own file is indented.
        let unindented = |text: &str| {
            text.lines()
                .map(str::trim_start)
                .collect::<Vec<_>>()
                .join("\n")
        };
        let has = |name: &str, text: &str| {
            let path = format!("{}/../../examples/{name}", env!("CARGO_MANIFEST_DIR"));
            let file =
                std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
            assert!(
                unindented(&file).contains(&unindented(text)),
                "{name}: {text}"
            );
        };
        for (tool, folder, pages, iframe) in sites {
            for wanted in [&first, &second] {
                for Piece { file, text } in wanted.pieces(tool, base) {
                    for name in file.map_or(pages.to_vec(), |file| vec![file]) {
                        has(&format!("{folder}/{name}"), &text);
                    }
                }
            }
            let [Piece { text, .. }] = first.pieces(Tool::Iframe, base).try_into().unwrap();
            has(&format!("{folder}/{iframe}"), &text);
        }
        let [Piece { text, .. }] = first.pieces(Tool::Reveal, base).try_into().unwrap();
        has("reveal/index.html", &text);
    }
}
