//! Buying.

use crate::{Line, Order, Shop};
use mcp_agent::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;

/// All orders.
#[derive(Serialize, JsonSchema)]
pub struct Orders {
    orders: Vec<Order>,
}

#[mcp_agent(part = "orders")]
impl Shop {
    /// Order products by their SKUs. Nothing is ordered unless all of it is there.
    #[tool(title = "Order", annotations(destructive = false))]
    fn order(
        &mut self,
        /// What, and how much of it.
        #[param]
        lines: Vec<Line>,
        /// What to write on the card, if it is a gift.
        #[param(max_length = 200)]
        card: Option<String>,
    ) -> Result<Json<Order>> {
        let mut total = 0;
        for line in &lines {
            let product = self.products.iter_mut().find(|it| it.sku == line.sku);
            let product = product
                .ok_or_else(|| Error::tool(format!("there is no product `{}`", line.sku)))?;
            // On an error nothing is committed: what was taken off the shelf for the lines before is back there.
            let left = product.stock.checked_sub(line.count);
            let none = || {
                Error::tool(format!(
                    "only {} of {} are left",
                    product.stock, product.name
                ))
            };
            product.stock = left.ok_or_else(none)?;
            total += product.price * line.count;
        }
        let id = self.orders.last().map_or(1, |it| it.id + 1);
        let order = Order {
            id,
            lines,
            total,
            card,
        };
        self.orders.push(order.clone());
        Ok(Json(order))
    }

    /// Cancel an order. The user is asked first, by the client.
    #[tool(
        title = "Cancel",
        confirm = "Cancel the order {id}?",
        annotations(destructive)
    )]
    fn cancel(&mut self, id: u32) -> Result<String> {
        let at = self.orders.iter().position(|it| it.id == id);
        let order = self
            .orders
            .remove(at.ok_or_else(|| Error::tool(format!("there is no order {id}")))?);
        for line in order.lines {
            if let Some(product) = self.products.iter_mut().find(|it| it.sku == line.sku) {
                product.stock += line.count;
            }
        }
        Ok(format!("the order {id} is cancelled"))
    }

    /// Everything that was ordered.
    #[tool(title = "Orders", annotations(read_only, open_world = false))]
    fn orders(&self) -> Json<Orders> {
        Json(Orders {
            orders: self.orders.clone(),
        })
    }
}
