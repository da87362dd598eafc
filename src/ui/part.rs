//! A part of the frame, whatever it is: one type of memo serves every panel, in place of one each.

use std::any::Any;
use std::sync::Arc;

/// A part of the frame.
#[derive(Clone)]
pub struct Part(Arc<dyn Same>);

impl Part {
    pub fn new<T: PartialEq + Send + Sync + 'static>(part: T) -> Self {
        Self(Arc::new(part))
    }

    /// The part itself, if it is a `T`.
    pub fn get<T: 'static>(&self) -> Option<&T> {
        self.0.as_any().downcast_ref()
    }
}

impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        self.0.is_same(other.0.as_any())
    }
}

trait Same: Send + Sync {
    fn as_any(&self) -> &dyn Any;
    fn is_same(&self, other: &dyn Any) -> bool;
}

impl<T: PartialEq + Send + Sync + 'static> Same for T {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is_same(&self, other: &dyn Any) -> bool {
        other.downcast_ref() == Some(self)
    }
}
