//! The lab on localhost: a free port, Trunk, and the address once it answers.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::Child;
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
    let address = free_address()?;
    say("building the page (about two minutes the first time, seconds after that)");
    let mut trunk = command("trunk");
    trunk.args([
        "serve",
        "--log",
        "warn",
        "--port",
        &address.port().to_string(),
    ]);
    trunk.args((profile == Profile::Release).then_some("--release"));
    let mut server = trunk.spawn()?;
    wait_until_it_answers(&mut server, address)?;
    say(&format!(
        "the lab is at http://{address}/ (Ctrl-C stops it; it rebuilds when a file changes)"
    ));
    match server.wait()? {
        status if status.success() => Ok(()),
        status => Err(Failure::new(format!("trunk stopped ({status})"))),
    }
}

/// Trunk gives up on a port that is taken, so we look for one that is not.
fn free_address() -> Result<SocketAddr, Failure> {
    (8080..8180)
        .map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        .find(|address| TcpListener::bind(address).is_ok())
        .ok_or_else(|| Failure::new("ports 8080 to 8179 are all taken"))
}

/// Trunk listens as soon as it starts and serves once the first build is done, which may take minutes:
/// the bound is its own end.
fn wait_until_it_answers(server: &mut Child, address: SocketAddr) -> Result<(), Failure> {
    while !answers(address) {
        if let Some(status) = server.try_wait()? {
            return Err(Failure::new(format!(
                "trunk stopped before it served anything ({status})"
            )));
        }
        sleep(Duration::from_millis(200));
    }
    Ok(())
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
