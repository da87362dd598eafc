//! The lab on localhost: a free port, Trunk, and the address once it answers.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::{CommandExt as _, parent_id};
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use crate::failure::Failure;
use crate::run::{command, say};
use crate::setup;

/// How the page is built: quickly, or as it is published.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Dev,
    Release,
}

pub fn serve(profile: Profile) -> Result<(), Failure> {
    setup::page()?;
    let port = free_port()?;
    say("building the page (about two minutes the first time, seconds after that)");
    let mut trunk = command("trunk");
    trunk.args(["serve", "--log", "warn", "--port", &port.to_string()]);
    trunk.args((profile == Profile::Release).then_some("--release"));
    Command::new(std::env::current_exe()?)
        .args(["announce", &port.to_string()])
        .spawn()?;
    // Trunk takes this process over, so whoever stops the command stops the server and leaves no orphan on the port.
    Err(Failure::new(format!(
        "trunk did not start: {}",
        trunk.exec()
    )))
}

/// Runs beside Trunk: prints the address once the page is there, or ends when Trunk does.
pub fn announce(port: &str) -> Result<(), Failure> {
    let port = port
        .parse()
        .map_err(|_| Failure::new("`announce` is a step of `serve`, not a command of its own"))?;
    let address = on_localhost(port);
    let trunk = parent_id();
    // Trunk answers once the first build is done, which may take minutes: the bound is its own end.
    while !answers(address) {
        if parent_id() != trunk {
            return Ok(());
        }
        sleep(Duration::from_millis(200));
    }
    say(&format!(
        "the lab is at http://{address}/ (Ctrl-C stops it; it rebuilds when a file changes)"
    ));
    Ok(())
}

/// Trunk gives up on a port that is taken, so we look for one that is not.
fn free_port() -> Result<u16, Failure> {
    (8080..8180)
        .find(|port| TcpListener::bind(on_localhost(*port)).is_ok())
        .ok_or_else(|| Failure::new("ports 8080 to 8179 are all taken"))
}

fn on_localhost(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

fn answers(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(b"GET / HTTP/1.0\r\nHost: localhost\r\nAccept: text/html\r\n\r\n")?;
        let mut status_line = [0; 12];
        stream.read_exact(&mut status_line)?;
        Ok(status_line.ends_with(b" 200"))
    };
    ask().unwrap_or(false)
}
