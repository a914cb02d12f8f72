//! Handles, questions before a tool runs, tasks, and arguments that are repeated in headers.

use mcp_agent::prelude::*;
use mcp_agent::worker::Fetch;
use shop::{
    AddItemOutput, AddItemParams, BuyOutput, BuyParams, CancelOrderParams, Cart, CloseParams,
    CountOutput, CountParams, Delivery, Gift, Line, OrderParams, PackParams, ReserveParams,
    RouteParams, ShoutParams, ShowCartOutput, StockParams, Ticket, WaitParams,
};
use std::time::Duration;

#[mcp_agent(config = "mcp.toml")]
pub struct Shop;

fn ms(ms: i64) -> Duration {
    Duration::from_millis(ms.unsigned_abs())
}

async fn hit(url: &str, name: &str) -> Result<String> {
    let mut response = Fetch::Url(format!("{url}/{name}").parse()?).send().await?;
    Ok(response.text().await?)
}

fn items(cart: &Cart) -> i64 {
    cart.lines.iter().map(|line| line.qty).sum()
}

impl Shop {
    /// The order of a cart, which is empty then.
    fn sell(&mut self, cart: &mut Cart, who: &str) -> Result<String> {
        if cart.lines.is_empty() {
            return Err(Error::tool("the cart is empty"));
        }
        let order = format!("{} for {who}", items(cart));
        cart.lines.clear();
        self.orders.push(order.clone());
        Ok(order)
    }
}

impl shop::Handlers for Shop {
    async fn add_item(_cx: &Cx, cart: &mut Cart, p: AddItemParams) -> Result<AddItemOutput> {
        let AddItemParams { sku, qty } = p;
        cart.lines.push(Line { sku, qty });
        Ok(AddItemOutput { items: items(cart) })
    }

    async fn show_cart(&self, _cx: &Cx, cart: &mut Cart) -> Result<ShowCartOutput> {
        Ok(ShowCartOutput {
            lines: cart.lines.clone(),
            bought: self.orders.len() as i64,
        })
    }

    async fn spoil(&mut self, _cx: &Cx, cart: &mut Cart) -> Result<String> {
        cart.lines.clear();
        self.orders.clear();
        Err(Error::tool("spoiled, and nothing was changed"))
    }

    async fn buy(&mut self, _cx: &Cx, cart: &mut Cart, p: BuyParams) -> Result<BuyOutput> {
        let order = self.sell(cart, &p.who)?;
        Ok(BuyOutput { order })
    }

    async fn send(&mut self, _cx: &Cx, call: &Call, cart: &mut Cart) -> Result<String> {
        call.progress(1.0, Some(3.0), None);
        let to: Delivery = call.elicit("to", "Where shall we deliver?").await?;
        let gift: Gift = call.elicit("gift", "With a card?").await?;
        call.progress(2.0, Some(3.0), None);
        let shelf = call.step("shelf", async || Ok(items(cart))).await?;
        let order = self.sell(cart, &to.street)?;
        call.progress(3.0, Some(3.0), None);
        let card = if gift.card { " with a card" } else { "" };
        Ok(format!("{order}{card}, {shelf} taken"))
    }

    async fn ticket_number(_cx: &Cx, ticket: &mut Ticket) -> Result<String> {
        Ok(ticket.number.to_string())
    }

    async fn cancel_order(&mut self, _cx: &Cx, p: CancelOrderParams) -> Result<String> {
        self.orders.retain(|order| *order != p.order);
        self.cancelled += p.times;
        Ok(format!("{} cancelled", self.cancelled))
    }

    async fn shout(_cx: &Cx, p: ShoutParams) -> Result<String> {
        Ok(p.text.to_uppercase())
    }

    async fn count(cx: &Cx, call: &Call, p: CountParams) -> Result<CountOutput> {
        for n in 1..=p.to {
            call.progress(n as f64, Some(p.to as f64), None);
            cx.sleep(ms(p.ms)).await;
        }
        Ok(CountOutput { counted: p.to })
    }

    async fn wait(cx: &Cx, p: WaitParams) -> Result<String> {
        cx.sleep(ms(p.ms)).await;
        Ok("waited".into())
    }

    async fn pack(cx: &Cx, call: &Call, p: PackParams) -> Result<String> {
        for n in 1..=p.parcels {
            let name = format!("parcel{n}");
            call.step(&name, || hit(&p.url, &name)).await?;
            call.progress(n as f64, Some(p.parcels as f64), None);
            cx.sleep(ms(p.ms)).await;
        }
        call.step("sent", || hit(&p.url, "sent")).await
    }

    async fn stock(&mut self, _cx: &Cx, call: &Call, p: StockParams) -> Result<String> {
        let shelf = call.step("shelf", || hit(&p.url, "shelf")).await?;
        call.progress(1.0, Some(2.0), Some("asking"));
        let to = call.elicit::<Delivery>("to", "Where is the shelf?");
        let gift = call.elicit::<Gift>("gift", "Are there cards?");
        let (to, gift) = join!(to, gift);
        self.orders.push(to?.street);
        Ok(format!("{shelf}, {}, {}", gift?.card, self.orders.len()))
    }

    async fn reserve(cx: &Cx, call: &Call, p: ReserveParams) -> Result<String> {
        let to: Delivery = call.elicit("to", "Where?").await?;
        let early = call.step("early", || hit(&p.url, "early")).await?;
        call.defer().await;
        let late = call.step("late", || hit(&p.url, "late")).await?;
        cx.sleep(ms(500)).await;
        let gift: Gift = call.elicit("gift", "With a card?").await?;
        Ok(format!("{early}, {late}, {}, {}", to.street, gift.card))
    }

    async fn close(&mut self, cx: &Cx, p: CloseParams) -> Result<String> {
        cx.sleep(ms(p.ms)).await;
        self.orders.push("closed".to_owned());
        Ok("closed".to_owned())
    }

    async fn out_of_order(_cx: &Cx) -> Result<String> {
        Err(Error::protocol(-32000, "out of order"))
    }

    async fn route(_cx: &Cx, p: RouteParams) -> Result<String> {
        let limit = p.limit.map_or("no".to_owned(), |limit| limit.to_string());
        let zip = p.place.map_or("no".to_owned(), |place| place.zip);
        let (region, exact) = (p.region, p.exact);
        Ok(format!("{region}, {limit} limit, {exact}, {zip} zip"))
    }

    async fn order(&mut self, _cx: &Cx, p: OrderParams) -> Result<String> {
        self.orders.push(p.what);
        Ok(self.orders.len().to_string())
    }
}
