//! Pictures of the page as it is, into docs/screenshots: the README's, and those a reviewer looks at.

use crate::failure::Failure;
use crate::run::{command, succeed};
use crate::setup;
use crate::test;

pub fn screenshots() -> Result<(), Failure> {
    setup::page()?;
    setup::npm("e2e")?;
    let browser = setup::browser()?;
    test::build_page()?;
    succeed(
        command("node")
            .arg("e2e/screenshots.mjs")
            .env("CHROME_PATH", browser),
    )
}
