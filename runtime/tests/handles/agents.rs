//! Agents with handles: beside a state, without one, and beside the state of a session.

use mcp_agent::prelude::*;
use std::time::Duration;

/// What was sold.
#[mcp_agent(config = "tests/handles/shop.toml")]
pub struct Shop;

impl shop::Handlers for Shop {
    async fn put(cx: &Cx, cart: &mut shop::Cart, p: shop::PutParams) -> Result<String> {
        if p.ms > 0 {
            cx.sleep(Duration::from_millis(p.ms.unsigned_abs())).await;
        }
        cart.items.push(p.item);
        Ok(cart.items.join(","))
    }

    async fn look(&self, _cx: &Cx, cart: &mut shop::Cart) -> Result<String> {
        Ok(format!(
            "{} of {}, sold {}",
            cart.items.join(","),
            cart.price,
            self.sold.join(",")
        ))
    }

    async fn sell(
        &mut self,
        _cx: &Cx,
        cart: &mut shop::Cart,
        p: shop::SellParams,
    ) -> Result<String> {
        self.sold.append(&mut cart.items);
        match p.how {
            shop::SellParamsHow::Well => {}
            shop::SellParamsHow::Fail => return Err(Error::tool("not for sale")),
            shop::SellParamsHow::Nan => cart.price = f64::NAN,
            shop::SellParamsHow::Large => cart.items.push("x".repeat(70_000)),
            shop::SellParamsHow::LargeState => self.sold.push("x".repeat(70_000)),
        }
        Ok(self.sold.len().to_string())
    }

    async fn seats(_cx: &Cx, desk: &mut shop::Desk) -> Result<String> {
        Ok(desk.seats.to_string())
    }

    async fn drop(_cx: &Cx, p: shop::DropParams) -> Result<String> {
        Ok(format!("dropped {}", p.what))
    }

    async fn pay(&mut self, _cx: &Cx, cart: &mut shop::Cart) -> Result<String> {
        self.sold.append(&mut cart.items);
        Ok(self.sold.join(","))
    }
}

/// Has no state.
#[mcp_agent(config = "tests/handles/light.toml")]
pub struct Light;

impl light::Handlers for Light {
    async fn put(_cx: &Cx, cart: &mut light::Cart, p: light::PutParams) -> Result<String> {
        cart.items.push(p.item);
        Ok(cart.items.join(","))
    }
}

/// How far each session has counted.
#[mcp_agent(config = "tests/handles/session.toml")]
pub struct Each;

impl each::Handlers for Each {
    async fn put(&mut self, _cx: &Cx, cart: &mut each::Cart, p: each::PutParams) -> Result<String> {
        cart.items.push(p.item);
        self.count += 1;
        Ok(format!("{}, {}", cart.items.join(","), self.count))
    }
}
