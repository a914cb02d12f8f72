//! What a client is asked for: `inputRequests`, and the result that has them.

use crate::call::CallHead;
use crate::engine::Engine;
use crate::error::RpcError;
use crate::http::Reply;
use crate::jsonrpc;
use crate::methods::failed;
use crate::route::frame;
use crate::session::Want;
use crate::wire::quote;

/// `InputRequests`: a request each, by the handler's name for it.
pub(crate) fn input_requests(out: &mut String, wants: &[Want]) {
    out.push('{');
    for (at, want) in wants.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        quote(out, &want.key);
        out.push_str(":{\"method\":");
        quote(out, &want.method);
        // A request for roots has none.
        if !want.params.is_empty() {
            out.push_str(",\"params\":");
            out.push_str(&want.params);
        }
        out.push('}');
    }
    out.push('}');
}

impl Engine {
    /// `InputRequiredResult`.
    pub(super) fn ask(&self, head: &CallHead, wants: &[Want], state: Option<&str>) -> Reply {
        let Some(state) = state else {
            // The answers of its client have become more than a state may hold.
            let error = RpcError::new(
                crate::error::INTERNAL_ERROR,
                "the call has asked for more than it can remember",
            );
            return failed(head.framing, head.version, &head.id, &error);
        };
        let mut out = String::from("{\"resultType\":\"input_required\",\"inputRequests\":");
        input_requests(&mut out, wants);
        out.push_str(",\"requestState\":");
        quote(&mut out, state);
        out.push_str(self.lists.meta(&self.catalog, head.version));
        out.push('}');
        frame(head.framing, 200, jsonrpc::result(&head.id, &[&out]))
    }
}
