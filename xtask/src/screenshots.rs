//! Pictures of the page as it is, into docs/screenshots: the README's, and those a reviewer looks at.

use crate::dist;
use crate::failure::Failure;
use crate::run::{command, succeed};
use crate::setup;
use crate::sites;

pub fn screenshots() -> Result<(), Failure> {
    setup::npm("e2e")?;
    let browser = setup::browser()?;
    dist::dist()?;
    sites::sites()?;
    succeed(
        command("node")
            .arg("e2e/screenshots.mjs")
            .env("CHROME_PATH", browser),
    )
}
