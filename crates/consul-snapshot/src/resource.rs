//! The protobuf message of a resource, a record of type 42, with what a server needs to restore it.
//!
//! From `pbresource/resource.proto`. The index of resources follows the pointers to the type and the
//! tenancy of a resource and of its owner (`internal/storage/inmem/schema.go`), so that a server panics
//! where one of them is missing. What a resource holds in its `data` stays unread.

use crate::error::RecordFault;
use crate::protobuf::Timestamp;
use prost::Message;
use std::collections::BTreeMap;

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Resource {
    #[prost(message, optional, tag = "1")]
    id: Option<Id>,
    #[prost(message, optional, tag = "2")]
    owner: Option<Id>,
    #[prost(string, tag = "3")]
    version: String,
    #[prost(string, tag = "4")]
    generation: String,
    #[prost(btree_map = "string, string", tag = "5")]
    metadata: BTreeMap<String, String>,
    #[prost(btree_map = "string, message", tag = "6")]
    status: BTreeMap<String, Status>,
    #[prost(message, optional, tag = "7")]
    data: Option<Any>,
}

#[derive(Clone, PartialEq, Message)]
struct Id {
    #[prost(string, tag = "1")]
    uid: String,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(message, optional, tag = "3")]
    kind: Option<Kind>,
    #[prost(message, optional, tag = "4")]
    tenancy: Option<Tenancy>,
}

#[derive(Clone, PartialEq, Message)]
struct Kind {
    #[prost(string, tag = "1")]
    group: String,
    #[prost(string, tag = "2")]
    group_version: String,
    #[prost(string, tag = "3")]
    kind: String,
}

/// Consul 1.16 and 1.17 have a `peer_name` in it, 1.18 the field 3 no more.
#[derive(Clone, PartialEq, Message)]
struct Tenancy {
    #[prost(string, tag = "1")]
    partition: String,
    #[prost(string, tag = "2")]
    namespace: String,
    #[prost(string, tag = "3")]
    peer_name: String,
}

#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(string, tag = "1")]
    observed_generation: String,
    #[prost(message, repeated, tag = "2")]
    conditions: Vec<Condition>,
    #[prost(message, optional, tag = "3")]
    updated_at: Option<Timestamp>,
}

#[derive(Clone, PartialEq, Message)]
struct Condition {
    #[prost(string, tag = "1")]
    kind: String,
    #[prost(int32, tag = "2")]
    state: i32,
    #[prost(string, tag = "3")]
    reason: String,
    #[prost(string, tag = "4")]
    message: String,
    #[prost(message, optional, tag = "5")]
    resource: Option<Reference>,
}

#[derive(Clone, PartialEq, Message)]
struct Reference {
    #[prost(message, optional, tag = "1")]
    kind: Option<Kind>,
    #[prost(message, optional, tag = "2")]
    tenancy: Option<Tenancy>,
    #[prost(string, tag = "3")]
    name: String,
    #[prost(string, tag = "4")]
    section: String,
}

#[derive(Clone, PartialEq, Message)]
struct Any {
    #[prost(string, tag = "1")]
    type_url: String,
    #[prost(bytes = "vec", tag = "2")]
    value: Vec<u8>,
}

impl Resource {
    /// Checks that a server can put it into its index.
    pub(crate) fn check(&self) -> Result<(), RecordFault> {
        let missing = |what| RecordFault::Missing { what };
        let id = self.id.as_ref().ok_or(missing("the resource's ID"))?;
        for id in [Some(id), self.owner.as_ref()].into_iter().flatten() {
            if id.kind.is_none() {
                return Err(missing("the type of a resource's ID"));
            }
            if id.tenancy.is_none() {
                return Err(missing("the tenancy of a resource's ID"));
            }
        }
        Ok(())
    }
}
