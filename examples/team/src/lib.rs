//! Tickets of a team. Who may do what is in `mcp.toml`; what is left to the handlers is whose ticket it is.

use mcp_agent::prelude::*;

#[mcp_agent(config = "mcp.toml")]
pub struct Team;

impl team::Handlers for Team {
    async fn list_tickets(
        &self,
        _cx: &Cx,
        p: team::ListTicketsParams,
    ) -> Result<team::ListTicketsOutput> {
        let all = self.tickets.iter().rev();
        let tickets = all.filter(|ticket| !p.mine || ticket.owner == p.me);
        Ok(team::ListTicketsOutput {
            tickets: tickets.cloned().collect(),
        })
    }

    async fn open_ticket(&mut self, _cx: &Cx, p: team::OpenTicketParams) -> Result<String> {
        let id = self.next;
        self.next += 1;
        self.tickets.push(team::Ticket {
            id,
            owner: p.me,
            title: p.title,
            open: true,
        });
        Ok(format!("ticket {id}"))
    }

    async fn close_ticket(&mut self, cx: &Cx, p: team::CloseTicketParams) -> Result<String> {
        let lead = cx.auth().is_some_and(|auth| auth.has_role("lead"));
        let mut all = self.tickets.iter_mut();
        // Of a ticket that is somebody else's, nobody hears more than of one that is not there.
        let ticket = all.find(|ticket| ticket.id == p.id && (lead || ticket.owner == p.me));
        let ticket = ticket.ok_or_else(|| Error::tool(format!("you have no ticket {}", p.id)))?;
        ticket.open = false;
        Ok(format!("ticket {} is closed", p.id))
    }

    async fn purge(&mut self, _cx: &Cx) -> Result<String> {
        let before = self.tickets.len();
        self.tickets.retain(|ticket| ticket.open);
        Ok(format!("{} gone", before - self.tickets.len()))
    }
}
