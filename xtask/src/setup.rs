//! What the lab needs beside cargo, brought here when it is missing: the wasm target, Trunk, wasm-bindgen, wasm-split,
//! npm packages, mdBook, a browser. Only package registries are asked. Each function is quick when
//! there is nothing to do.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::run::{command, find, output, root, say, succeed, tools};

const WASM: &str = "wasm32-unknown-unknown";

/// The last Trunk that builds on our Rust.
const TRUNK: &str = "0.21.14";

/// Builds the book of examples/mdbook.
const MDBOOK: &str = "0.5.4";

/// Understands what the version of `wasm_split_helpers` in Cargo.lock marks.
const WASM_SPLIT: &str = "0.2.4";

/// All that building the page takes.
pub fn page() -> Result<(), Failure> {
    wasm_target()?;
    trunk()?;
    wasm_bindgen()?;
    wasm_split()
}

/// `rustfmt` and `clippy`, for those who installed the minimal toolchain.
pub fn lints() -> Result<(), Failure> {
    let parts = [("rustfmt", "cargo-fmt"), ("clippy", "cargo-clippy")];
    for (component, program) in parts {
        if output(command(program).arg("--version")).is_none() {
            say(&format!("installing {component}"));
            succeed(command("rustup").args(["component", "add", component]))?;
        }
    }
    Ok(())
}

/// The packages of a folder of ours, exactly as its lock file names them.
pub fn npm(folder: &str) -> Result<(), Failure> {
    if find("node").is_none() || find("npm").is_none() {
        return Err(Failure::new(
            "the browser tests need Node 20 or newer with npm: https://nodejs.org",
        ));
    }
    let place = root().join(folder);
    let installed = fs::read_to_string(place.join("node_modules/.lock-installed")).ok();
    let wanted = fs::read_to_string(place.join("package-lock.json"))?;
    if installed.as_deref() == Some(wanted.as_str()) {
        return Ok(());
    }
    say(&format!("installing the npm packages of {folder}/"));
    succeed(command("npm").args([
        "ci",
        "--prefix",
        folder,
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]))?;
    // `npm ci` always starts from nothing; this copy of the lock file says that it need not.
    fs::write(place.join("node_modules/.lock-installed"), wanted)?;
    Ok(())
}

/// A Chrome or Chromium: the one that is here, else Debian's, else Playwright's. Needs `npm` first.
pub fn browser() -> Result<PathBuf, Failure> {
    if let Some(browser) = installed_browser() {
        return Ok(browser);
    }
    if is_debian_root() {
        say("no Chrome or Chromium here: installing Debian's (apt-get)");
        apt_get(&["update"])?;
        // Without the font, Chinese is boxes in the screenshots.
        apt_get(&[
            "install",
            "-y",
            "--no-install-recommends",
            "chromium",
            "fonts-noto-cjk",
        ])?;
        if let Some(browser) = installed_browser() {
            return Ok(browser);
        }
    }
    playwright_browser().ok_or_else(|| {
        Failure::new("no browser found and none could be installed: install Chrome or Chromium, or set CHROME_PATH")
    })
}

fn wasm_target() -> Result<(), Failure> {
    let sysroot = output(command("rustc").args(["--print", "sysroot"]))
        .ok_or_else(|| Failure::new("rustc is missing: install Rust from https://rustup.rs"))?;
    if Path::new(&sysroot)
        .join("lib/rustlib")
        .join(WASM)
        .join("lib")
        .is_dir()
    {
        return Ok(());
    }
    // Said out loud: where RUSTUP_AUTO_INSTALL=0, the toolchain file alone installs nothing.
    say("installing the wasm target (rustup target add)");
    succeed(command("rustup").args(["target", "add", WASM]))
}

fn trunk() -> Result<(), Failure> {
    // Its default features are TLS and an update check; serving localhost needs neither.
    ensure("trunk", &["trunk"], TRUNK, &["--no-default-features"], "0")
}

fn wasm_bindgen() -> Result<(), Failure> {
    // Trunk wants the tool's version equal to the crate's, so the lock file decides.
    let version = locked_version("wasm-bindgen")?;
    ensure(
        "wasm-bindgen-cli",
        &["wasm-bindgen", "wasm-bindgen-test-runner"],
        &version,
        &[],
        "1",
    )
}

/// For the tests of examples/. Without its server and its search it is a minute.
pub fn mdbook() -> Result<(), Failure> {
    // It says `mdbook v0.5.4`.
    let version = output(command("mdbook").arg("--version")).unwrap_or_default();
    if version == format!("mdbook v{MDBOOK}") {
        return Ok(());
    }
    say(&format!(
        "building mdbook {MDBOOK} into target/tools (once, one to two minutes)"
    ));
    install("mdbook", MDBOOK, &["--no-default-features"], "0", true)
}

/// It answers no `--version`, so what cargo wrote down about target/tools counts.
fn wasm_split() -> Result<(), Failure> {
    let package = "wasm_split_cli_support";
    let installed = fs::read_to_string(tools().join(".crates.toml")).unwrap_or_default();
    if installed.contains(&format!("\"{package} {WASM_SPLIT} ")) {
        return Ok(());
    }
    say(&format!(
        "building {package} {WASM_SPLIT} into target/tools (once, a minute)"
    ));
    install(package, WASM_SPLIT, &["--features=build-binary"], "1", true)
}

/// Takes what is in target/tools or PATH when its version is the right one, else builds it there.
fn ensure(
    package: &str,
    programs: &[&str],
    version: &str,
    features: &[&str],
    opt_level: &str,
) -> Result<(), Failure> {
    let right = |program: &&str| {
        output(command(program).arg("--version"))
            .is_some_and(|says| says.split_whitespace().nth(1) == Some(version))
    };
    if programs.iter().all(&right) {
        return Ok(());
    }
    say(&format!(
        "building {package} {version} into target/tools (once, two to five minutes)"
    ));
    // Locked first: it is what its authors tested. Unlocked second: a lock file may name a version a mirror lacks.
    if install(package, version, features, opt_level, true).is_err() {
        install(package, version, features, opt_level, false)?;
    }
    if programs.iter().all(&right) {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{package} was built, but does not answer as version {version}"
    )))
}

fn install(
    package: &str,
    version: &str,
    features: &[&str],
    opt_level: &str,
    locked: bool,
) -> Result<(), Failure> {
    let mut cargo = command("cargo");
    cargo
        .args(["install", "--root"])
        .arg(tools())
        .arg(format!("{package}@{version}"))
        .args(features)
        .args(locked.then_some("--locked"))
        .env("CARGO_TARGET_DIR", tools().join("build"))
        // The tools run for seconds: what counts is how long they take to build. Trunk's own profile is fat LTO.
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", opt_level);
    succeed(&mut cargo)
}

fn locked_version(package: &str) -> Result<String, Failure> {
    let lock = fs::read_to_string(root().join("Cargo.lock"))?;
    let name = format!("name = \"{package}\"");
    lock.lines()
        .skip_while(|line| *line != name)
        .nth(1)
        .and_then(|line| line.strip_prefix("version = \"")?.strip_suffix('"'))
        .map(str::to_string)
        .ok_or_else(|| Failure::new(format!("Cargo.lock names no {package}")))
}

fn installed_browser() -> Option<PathBuf> {
    let named = env::var_os("CHROME_PATH")
        .map(PathBuf::from)
        .filter(|file| file.is_file());
    let in_path = || {
        [
            "google-chrome-stable",
            "google-chrome",
            "chromium",
            "chromium-browser",
            "chrome",
        ]
        .iter()
        .find_map(|name| find(name))
    };
    named.or_else(in_path).or_else(mac_browser)
}

fn mac_browser() -> Option<PathBuf> {
    let homes = [
        Some(PathBuf::from("/")),
        env::var_os("HOME").map(PathBuf::from),
    ];
    let apps = [
        "Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "Applications/Chromium.app/Contents/MacOS/Chromium",
    ];
    homes
        .iter()
        .flatten()
        .flat_map(|home| apps.map(|app| home.join(app)))
        .find(|file| file.is_file())
}

/// Debian itself only: elsewhere the package `chromium` may be a stub that wants a snap daemon.
fn is_debian_root() -> bool {
    let debian = fs::read_to_string("/etc/os-release")
        .is_ok_and(|release| release.lines().any(|line| line == "ID=debian"));
    debian && is_root() && find("apt-get").is_some()
}

fn is_root() -> bool {
    output(command("id").arg("-u")).as_deref() == Some("0")
}

fn apt_get(words: &[&str]) -> Result<(), Failure> {
    succeed(
        command("apt-get")
            .arg("-qq")
            .args(words)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

fn playwright_browser() -> Option<PathBuf> {
    let downloaded = || {
        output(playwright_node().args([
            "-e",
            "console.log(require('playwright-core').chromium.executablePath())",
        ]))
        .map(PathBuf::from)
        .filter(|file| file.is_file())
    };
    downloaded().or_else(|| {
        say("no Chrome or Chromium here: letting Playwright download one");
        let mut install = playwright_node();
        install.args(["node_modules/playwright-core/cli.js", "install", "chromium"]);
        // On Linux it also needs system libraries, which only root can bring.
        install.args((cfg!(target_os = "linux") && is_root()).then_some("--with-deps"));
        succeed(&mut install).ok()?;
        downloaded()
    })
}

fn playwright_node() -> Command {
    let mut node = command("node");
    node.current_dir(root().join("e2e"));
    node
}
