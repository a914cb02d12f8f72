//! Handlers for every kind of item that a declaration can name.

use mcp_agent::prelude::*;
use mcp_agent::serde_json::{self, Value};
use mcp_agent::worker::Delay;
use std::time::Duration;

/// An agent that uses everything.
#[mcp_agent(config = "mcp.toml")]
pub struct Kitchen;

/// `files/photo.png`, in base64.
const PHOTO: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP438AAAAQBAYDFKhhdAAAAAElFTkSuQmCC";

impl kitchen::Handlers for Kitchen {
    async fn every(_cx: &Cx, p: kitchen::EveryParams) -> Result<ToolResult> {
        Ok(ToolResult::text(serde_json::to_string(&p)?))
    }

    async fn formats(_cx: &Cx, p: kitchen::FormatsParams) -> Result<String> {
        Ok(serde_json::to_string(&p)?)
    }

    async fn cook(_cx: &Cx, p: kitchen::CookParams) -> Result<kitchen::Dish> {
        let mut dish = p.dish;
        dish.ingredients.push(kitchen::Ingredient {
            name: "salt".into(),
            grams: 1.0,
            note: None,
        });
        Ok(dish)
    }

    async fn weigh(_cx: &Cx, p: kitchen::WeighParams) -> Result<kitchen::WeighOutput> {
        Ok(kitchen::WeighOutput {
            // Not `sum`, which is -0 of nothing.
            grams: p.ingredients.iter().fold(0.0, |sum, i| sum + i.grams),
            count: i64::try_from(p.ingredients.len())?,
            heaviest: p
                .ingredients
                .into_iter()
                .max_by(|a, b| a.grams.total_cmp(&b.grams)),
        })
    }

    async fn import(_cx: &Cx, p: Value) -> Result<String> {
        Ok(p.to_string())
    }

    async fn media(_cx: &Cx) -> Result<ToolResult> {
        let png = || String::from("image/png");
        Ok(ToolResult {
            content: vec![
                Content::text("All of it."),
                Content::Image {
                    data: PHOTO.into(),
                    mime: png(),
                },
                Content::Audio {
                    data: "UklGRg==".into(),
                    mime: "audio/wav".into(),
                },
                Content::ResourceLink(ResourceLink {
                    uri: "menu://card".into(),
                    name: "card".into(),
                    title: Some("The card".into()),
                    mime: Some("text/markdown".into()),
                    ..ResourceLink::default()
                }),
                Content::Resource(ResourceContents::Text {
                    uri: "menu://today".into(),
                    mime: None,
                    text: "Soup.".into(),
                }),
                Content::Resource(ResourceContents::Blob {
                    uri: "menu://photo".into(),
                    mime: Some(png()),
                    blob: PHOTO.into(),
                }),
            ],
            ..ToolResult::default()
        })
    }

    async fn serve(&mut self, _cx: &Cx, p: kitchen::ServeParams) -> Result<String> {
        let before = self.served;
        // Long enough for other callers to come in between, if they could.
        Delay::from(Duration::from_millis(5)).await;
        self.served = before + 1;
        if !p.entry.is_empty() {
            self.log.push(p.entry);
        }
        if p.fail {
            return Err(Error::tool("dropped on the way"));
        }
        Ok(format!("served {}", self.served))
    }

    async fn served(&self, _cx: &Cx) -> Result<kitchen::ServedOutput> {
        Ok(kitchen::ServedOutput {
            served: self.served,
            log: self.log.clone(),
        })
    }

    async fn special(&mut self, _cx: &Cx, p: kitchen::SpecialParams) -> Result<String> {
        self.special = p.dish;
        Ok("written on the board".into())
    }

    async fn refuse(_cx: &Cx, p: kitchen::RefuseParams) -> Result<String> {
        match p.how {
            kitchen::RefuseParamsHow::Tool => Err(Error::tool("the kitchen is closed")),
            kitchen::RefuseParamsHow::Protocol => Err(Error::protocol(-31000, "the kitchen burns")),
            kitchen::RefuseParamsHow::Std => Ok("x".parse::<u8>()?.to_string()),
        }
    }

    async fn who(cx: &Cx) -> Result<kitchen::WhoOutput> {
        Ok(kitchen::WhoOutput {
            version: cx.protocol_version().into(),
            session: cx.session_id().map(Into::into),
        })
    }

    async fn big(_cx: &Cx, p: kitchen::BigParams) -> Result<String> {
        Ok("x".repeat(usize::try_from(p.bytes)?))
    }

    async fn r#type(_cx: &Cx) -> Result<String> {
        Ok("type".into())
    }

    async fn fetch_menu_v2(_cx: &Cx) -> Result<String> {
        Ok("fetch-menu.v2".into())
    }

    async fn menu_count(&self, _cx: &Cx) -> Result<String> {
        Ok(self.served.to_string())
    }

    async fn dish(_cx: &Cx, p: kitchen::DishParams) -> Result<String> {
        Ok(format!("A dish named {}.", p.name))
    }

    async fn table(_cx: &Cx, p: kitchen::TableParams) -> Result<String> {
        Ok(format!("Table {} in the {}.", p.number, p.room))
    }

    async fn toast(_cx: &Cx, p: kitchen::ToastParams) -> Result<String> {
        Ok(format!("To {}!", p.guest))
    }
}
