//! A client's connections and requests (`NettyRemotingClient`), shared by producers, consumers and the brokers' own calls.
//!
//! It knows when a request fails and with which exception, not what its owner does then: outcomes go back to the owner,
//! with the `tag` that the owner gave the request.

use litemap::LiteMap;

use crate::effect::{Closed, Ctx};
use crate::exception::Exception;
use crate::ids::{ConnId, NodeId, Opaque};
use crate::status::Profile;
use crate::timers::{RemotingTimer, Timer};
use crate::units::{SimTime, Span};
use crate::wire::{Frame, Request, Response};

/// connectTimeoutMillis, unless configured.
const CONNECT_TIMEOUT: Span = Span::from_millis(3_000);
/// `scanResponseTable` drops an async request this long after its timeout …
const SCAN_GRACE: Span = Span::from_millis(1_000);
/// … looks first this long after the client was built …
const SCAN_FIRST: Span = Span::from_millis(3_000);
/// … and then this often.
const SCAN_PERIOD: Span = Span::from_millis(1_000);

/// How a request is made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Mode {
    /// `invokeSync`: times out exactly; the timeout closes the connection (`clientCloseSocketIfTimeout`).
    Sync,
    /// `invokeAsync`: times out at a tick of `scanResponseTable`.
    Async,
    /// `invokeOneway`.
    Oneway,
}

/// What became of a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Outcome<T> {
    /// It was answered.
    Reply(T, Response),
    /// It failed: [`Exception::Connect`], [`Exception::SendRequest`], [`Exception::Timeout`], or, when connecting used up the time
    /// of an async request, [`Exception::InvokeAsyncTimeout`].
    Failed(T, Exception),
    /// A oneway request left this process (or, since 5.3.0, was silently dropped for want of a connection).
    Left(T),
}

/// Connections and unanswered requests of one client process. `T` says what a request was for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Remoting<T> {
    /// When the client instance was built: its scans count from here.
    built: SimTime,
    connect_timeout: Span,
    closes_on_timeout: bool,
    links: LiteMap<NodeId, Link<T>>,
    pending: LiteMap<Opaque, Pending<T>>,
    next: u32,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Link<T> {
    Connecting {
        conn: ConnId,
        waiting: Vec<Waiting<T>>,
    },
    Open(ConnId),
}

/// A request that waits for its connection.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Waiting<T> {
    opaque: Opaque,
    request: Request,
    /// The tag of a request of which nobody will hear what becomes (5.3 oneway).
    silent: Option<T>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Pending<T> {
    to: NodeId,
    mode: Mode,
    since: SimTime,
    timeout: Span,
    /// The connection it went out on; none while connecting.
    conn: Option<ConnId>,
    tag: T,
}

impl<T: Clone> Remoting<T> {
    /// A client built at `built`, with no connection.
    pub fn new(built: SimTime) -> Self {
        Self {
            built,
            connect_timeout: CONNECT_TIMEOUT,
            closes_on_timeout: true,
            links: LiteMap::new(),
            pending: LiteMap::new(),
            next: 0,
        }
    }

    /// The same with a `NettyClientConfig`: connectTimeoutMillis and clientCloseSocketIfTimeout.
    #[must_use]
    pub fn configured(self, connect_timeout: Span, closes_on_timeout: bool) -> Self {
        Self {
            connect_timeout,
            closes_on_timeout,
            ..self
        }
    }

    /// Whether there is an open connection to `node`.
    pub fn is_connected(&self, node: NodeId) -> bool {
        matches!(self.links.get(&node), Some(Link::Open(_)))
    }

    /// The node at the other end of `conn`.
    pub fn peer(&self, conn: ConnId) -> Option<NodeId> {
        self.links
            .iter()
            .find(|(_, link)| link.conn() == conn)
            .map(|(node, _)| *node)
    }

    /// Forgets the connection to `node`, closing it (`closeChannel`).
    pub fn close(&mut self, ctx: &mut Ctx, node: NodeId) {
        if let Some(link) = self.links.remove(&node) {
            ctx.close(link.conn());
        }
    }

    /// Makes a request of `node`. What becomes of it is said later by one of the `on_…` methods, except for a oneway request on
    /// an open connection, which is said to have left at once.
    pub fn invoke(
        &mut self,
        ctx: &mut Ctx,
        node: NodeId,
        mode: Mode,
        timeout: Span,
        request: Request,
        tag: T,
    ) -> Option<Outcome<T>> {
        let opaque = Opaque(self.next);
        self.next = self.next.wrapping_add(1);
        match self.links.get_mut(&node) {
            Some(Link::Open(conn)) => {
                let conn = *conn;
                if mode == Mode::Oneway {
                    ctx.send(conn, Frame::Oneway(request));
                    return Some(Outcome::Left(tag));
                }
                ctx.send(conn, Frame::Request(opaque, request));
                self.await_answer(
                    ctx,
                    opaque,
                    Pending {
                        to: node,
                        mode,
                        since: ctx.now,
                        timeout,
                        conn: Some(conn),
                        tag,
                    },
                );
            }
            Some(Link::Connecting { waiting, .. }) => {
                let silent = silently(ctx, mode).then(|| tag.clone());
                let silenced = silent.is_some();
                waiting.push(Waiting {
                    opaque,
                    request,
                    silent,
                });
                if silenced {
                    return Some(Outcome::Left(tag));
                }
                self.await_answer(
                    ctx,
                    opaque,
                    Pending {
                        to: node,
                        mode,
                        since: ctx.now,
                        timeout,
                        conn: None,
                        tag,
                    },
                );
            }
            None => {
                let silent = silently(ctx, mode).then(|| tag.clone());
                let silenced = silent.is_some();
                self.start_connecting(
                    ctx,
                    node,
                    vec![Waiting {
                        opaque,
                        request,
                        silent,
                    }],
                );
                if silenced {
                    return Some(Outcome::Left(tag));
                }
                self.await_answer(
                    ctx,
                    opaque,
                    Pending {
                        to: node,
                        mode,
                        since: ctx.now,
                        timeout,
                        conn: None,
                        tag,
                    },
                );
            }
        }
        None
    }

    /// Connects to `node` unless there is a connection already (`getAndCreateChannel`).
    pub fn dial(&mut self, ctx: &mut Ctx, node: NodeId) {
        if !self.links.contains_key(&node) {
            self.start_connecting(ctx, node, Vec::new());
        }
    }

    fn start_connecting(&mut self, ctx: &mut Ctx, node: NodeId, waiting: Vec<Waiting<T>>) {
        let conn = ctx.connect(node);
        ctx.wake(
            ctx.now + self.connect_timeout,
            Timer::Remoting(RemotingTimer::ConnectTimeout(conn)),
        );
        self.links.insert(node, Link::Connecting { conn, waiting });
    }

    fn await_answer(&mut self, ctx: &mut Ctx, opaque: Opaque, pending: Pending<T>) {
        let deadline = match pending.mode {
            Mode::Sync => Some((ctx.now + pending.timeout, RemotingTimer::Deadline(opaque))),
            // `rep.beginTimestamp + timeoutMillis + 1000 <= now`: a tick exactly then counts.
            Mode::Async => {
                let due = ctx.now + pending.timeout + SCAN_GRACE;
                let scan =
                    (due - Span::from_micros(1)).next_tick(self.built + SCAN_FIRST, SCAN_PERIOD);
                Some((scan, RemotingTimer::ScanResponseTable(opaque)))
            }
            Mode::Oneway => None,
        };
        if let Some((at, timer)) = deadline {
            ctx.wake(at, Timer::Remoting(timer));
        }
        self.pending.insert(opaque, pending);
    }

    /// A connection that [`invoke`](Self::invoke) started is there: what waited for it leaves. Returns the peer, the oneway
    /// requests that have left now, and the requests whose time was used up by connecting, which do not leave at all.
    pub fn on_connected(
        &mut self,
        ctx: &mut Ctx,
        conn: ConnId,
    ) -> Option<(NodeId, Vec<Outcome<T>>)> {
        self.on_connected_then(ctx, conn, |_, _| {})
    }

    /// The same; `leaving` is called before each request leaves.
    pub fn on_connected_then(
        &mut self,
        ctx: &mut Ctx,
        conn: ConnId,
        mut leaving: impl FnMut(&mut Ctx, &T),
    ) -> Option<(NodeId, Vec<Outcome<T>>)> {
        let node = self.peer(conn)?;
        let Some(Link::Connecting { waiting, .. }) = self.links.insert(node, Link::Open(conn))
        else {
            return None;
        };
        let mut outcomes = Vec::new();
        for Waiting {
            opaque,
            request,
            silent,
        } in waiting
        {
            if let Some(tag) = silent {
                leaving(ctx, &tag);
                ctx.send(conn, Frame::Oneway(request));
                continue;
            }
            let Some(mut pending) = self.pending.remove(&opaque) else {
                continue;
            };
            match pending.mode {
                Mode::Oneway => {
                    leaving(ctx, &pending.tag);
                    ctx.send(conn, Frame::Oneway(request));
                    outcomes.push(Outcome::Left(pending.tag));
                }
                Mode::Sync | Mode::Async if pending.is_over(ctx.now) => {
                    outcomes.push(pending.too_late())
                }
                Mode::Sync | Mode::Async => {
                    leaving(ctx, &pending.tag);
                    ctx.send(conn, Frame::Request(opaque, request));
                    pending.conn = Some(conn);
                    self.pending.insert(opaque, pending);
                }
            }
        }
        Some((node, outcomes))
    }

    /// The peer's host refused the connection: everything that waited for it fails.
    pub fn on_refused(&mut self, conn: ConnId) -> Vec<Outcome<T>> {
        let Some(node) = self.peer(conn) else {
            return Vec::new();
        };
        let Some(Link::Connecting { waiting, .. }) = self.links.remove(&node) else {
            return Vec::new();
        };
        waiting
            .into_iter()
            .filter_map(|waiting| self.pending.remove(&waiting.opaque))
            .map(|pending| Outcome::Failed(pending.tag, Exception::Connect(node)))
            .collect()
    }

    /// A connection ended. 5.3.3 fails what was pending on it at once, after a FIN and after a RST; 4.9 notices only a RST, and
    /// after a FIN the request runs into its timeout (A.7).
    pub fn on_closed(&mut self, ctx: &mut Ctx, conn: ConnId, how: Closed) -> Vec<Outcome<T>> {
        let node = self.peer(conn);
        if node.is_some_and(|node| matches!(self.links.get(&node), Some(Link::Connecting { .. }))) {
            return self.on_refused(conn);
        }
        if let Some(node) = node {
            self.links.remove(&node);
        }
        if ctx.profile() == Profile::V4_9 && how == Closed::Fin {
            return Vec::new();
        }
        // `NettyRemotingAbstract#failFast` goes through a hash table of what waits, and each is told by a thread of its own: they
        // come in any order [q38, r1069].
        let failed = self.fail_fast(conn);
        ctx.rng.shuffled(failed)
    }

    /// `NettyRemotingAbstract#failFast`: everything that waits for an answer on `conn` fails now.
    fn fail_fast(&mut self, conn: ConnId) -> Vec<Outcome<T>> {
        let failed: Vec<Opaque> = self
            .pending
            .iter()
            .filter(|(_, pending)| pending.conn == Some(conn))
            .map(|(opaque, _)| *opaque)
            .collect();
        failed
            .into_iter()
            .filter_map(|opaque| self.pending.remove(&opaque))
            .map(|pending| Outcome::Failed(pending.tag, Exception::SendRequest(pending.to)))
            .collect()
    }

    /// A response came. One that nobody waits for any more is thrown away.
    pub fn on_response(&mut self, opaque: Opaque, response: Response) -> Option<Outcome<T>> {
        let pending = self.pending.remove(&opaque)?;
        Some(Outcome::Reply(pending.tag, response))
    }

    /// One of the client's alarms.
    pub fn on_timer(&mut self, ctx: &mut Ctx, timer: RemotingTimer) -> Vec<Outcome<T>> {
        match timer {
            RemotingTimer::ConnectTimeout(conn) => {
                let waits = self.peer(conn).is_some_and(|node| {
                    matches!(self.links.get(&node), Some(Link::Connecting { .. }))
                });
                if !waits {
                    return Vec::new();
                }
                ctx.close(conn);
                self.on_refused(conn)
            }
            RemotingTimer::Deadline(opaque) | RemotingTimer::ScanResponseTable(opaque) => {
                self.on_deadline(ctx, opaque)
            }
        }
    }

    /// A request's time is over. While it still waits for its connection that is found out when connecting ends: `invokeSync`
    /// blocks in `getAndCreateChannel` for as long as that takes, whatever the request's own timeout.
    fn on_deadline(&mut self, ctx: &mut Ctx, opaque: Opaque) -> Vec<Outcome<T>> {
        let Some(pending) = self.pending.get(&opaque) else {
            return Vec::new();
        };
        let to = pending.to;
        let Some(conn) = pending.conn else {
            return self.give_up_unless_connecting(opaque, to);
        };
        let closes =
            self.closes_on_timeout && pending.mode == Mode::Sync && self.peer(conn).is_some();
        let Some(pending) = self.pending.remove(&opaque) else {
            return Vec::new();
        };
        let mut outcomes = vec![Outcome::Failed(
            pending.tag,
            Exception::Timeout(to, pending.timeout.millis()),
        )];
        if closes {
            // `clientCloseSocketIfTimeout`. In both profiles closing a channel oneself fails what else waits on it (A.7).
            self.close(ctx, to);
            outcomes.extend(self.fail_fast(conn));
        }
        outcomes
    }

    /// A connection that is still being made answers for its requests; one that its owner closed meanwhile does not.
    fn give_up_unless_connecting(&mut self, opaque: Opaque, to: NodeId) -> Vec<Outcome<T>> {
        let waits = match self.links.get(&to) {
            Some(Link::Connecting { waiting, .. }) => {
                waiting.iter().any(|waiting| waiting.opaque == opaque)
            }
            Some(Link::Open(_)) | None => false,
        };
        if waits {
            return Vec::new();
        }
        self.pending
            .remove(&opaque)
            .map(|pending| Outcome::Failed(pending.tag, Exception::Connect(to)))
            .into_iter()
            .collect()
    }
}

/// Since 5.3.0 `invokeOneway` connects asynchronously: the caller never hears of a failure.
fn silently(ctx: &Ctx, mode: Mode) -> bool {
    mode == Mode::Oneway && ctx.profile() == Profile::V5_3
}

impl<T> Pending<T> {
    fn is_over(&self, now: SimTime) -> bool {
        now >= self.since + self.timeout
    }

    fn too_late(self) -> Outcome<T> {
        let failed = match self.mode {
            Mode::Async => Exception::InvokeAsyncTimeout(self.to),
            Mode::Sync | Mode::Oneway => Exception::Timeout(self.to, self.timeout.millis()),
        };
        Outcome::Failed(self.tag, failed)
    }
}

impl<T> Link<T> {
    const fn conn(&self) -> ConnId {
        match self {
            Self::Connecting { conn, .. } | Self::Open(conn) => *conn,
        }
    }
}
