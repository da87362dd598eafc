//! The processes of a cluster. Each handles what reaches it and says what it wants through a [`Ctx`](crate::effect::Ctx).

pub(crate) mod client;
pub(crate) mod consumer;
pub(crate) mod controller;
pub(crate) mod name_server;
pub(crate) mod producer;
pub(crate) mod remoting;
