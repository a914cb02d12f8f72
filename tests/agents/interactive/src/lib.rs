//! Handlers that talk with the client while they run.

use mcp_agent::prelude::*;
use mcp_agent::serde_json::{Value, json};
use mcp_agent::worker::Fetch;
use std::time::Duration;

/// A hotel that asks.
#[mcp_agent(config = "mcp.toml")]
pub struct Interactive;

/// Fetches what the test counts.
async fn hit(url: &str, name: &str) -> Result<String> {
    let mut response = Fetch::Url(format!("{url}/{name}").parse()?).send().await?;
    Ok(response.text().await?)
}

fn ms(n: i64) -> Duration {
    Duration::from_millis(n.unsigned_abs())
}

/// What is text of what the model said.
fn texts(content: Vec<Content>) -> Vec<String> {
    let texts = content.into_iter().filter_map(|content| match content {
        Content::Text { text } => Some(text),
        _ => None,
    });
    texts.collect()
}

/// How a question ended, as text.
fn ended<T>(asked: Elicited<T>, accepted: impl FnOnce(T) -> Value) -> String {
    match asked {
        Elicited::Accepted(value) => json!({ "accepted": accepted(value) }).to_string(),
        Elicited::Declined => "declined".into(),
        Elicited::Cancelled => "cancelled".into(),
    }
}

impl interactive::Handlers for Interactive {
    async fn book(_cx: &Cx, call: &Call, p: interactive::BookParams) -> Result<String> {
        call.log_as("desk", Level::Info, "somebody came");
        let guest: interactive::Guest = call.elicit("guest", "Who stays?").await?;
        call.progress(1.0, Some(3.0), Some("the guest is known"));
        let charge = call.step("charge", || hit(&p.charge, "charge")).await?;
        call.progress(2.0, Some(3.0), Some("charged"));
        let request = Sampling::new(50)
            .system("Be short.")
            .user(format!("Greet {}.", guest.name));
        let greeting = call.sample("greeting", request).await?;
        let roots: Vec<_> = call.roots().await?.into_iter().map(|r| r.uri).collect();
        let consent: interactive::Consent = call
            .elicit("consent", format!("{} for all of it?", guest.name))
            .await?;
        call.progress(3.0, Some(3.0), None);
        call.log(Level::Notice, json!({ "agreed": consent.agreed }));
        let answer = json!({
            "guest": guest,
            "charge": charge,
            "greeting": texts(greeting.content),
            "model": greeting.model,
            "roots": roots,
            "agreed": consent.agreed,
        });
        Ok(answer.to_string())
    }

    async fn ask(_cx: &Cx, call: &Call) -> Result<String> {
        let asked = call
            .ask::<interactive::Guest>("guest", "Who stays?")
            .await?;
        Ok(ended(asked, |guest| json!(guest)))
    }

    async fn insist(_cx: &Cx, call: &Call) -> Result<String> {
        let guest: interactive::Guest = call.elicit("guest", "Who stays?").await?;
        Ok(guest.name)
    }

    async fn wish(_cx: &Cx, call: &Call) -> Result<String> {
        let wishes: interactive::Wishes = call.elicit("wishes", "What else?").await?;
        Ok(json!(wishes.wishes).to_string())
    }

    async fn ask_form(_cx: &Cx, call: &Call, p: interactive::AskFormParams) -> Result<String> {
        let schema = json!({
            "type": "object",
            "properties": { p.field.as_str(): { "type": "string", "maxLength": 5 } },
            "required": [p.field],
        });
        let asked = call.ask_form("form", "Fill this.", schema).await?;
        Ok(ended(asked, Value::Object))
    }

    async fn ask_url(_cx: &Cx, call: &Call, p: interactive::AskUrlParams) -> Result<String> {
        let asked = call.ask_url("url", "Go there.", p.url).await?;
        Ok(ended(asked, |()| Value::Null))
    }

    async fn ask_both(_cx: &Cx, call: &Call) -> Result<String> {
        let a = call.elicit::<interactive::Amount>("a", "How many apples?");
        let b = call.elicit::<interactive::Amount>("b", "How many pears?");
        let (a, b) = join!(a, b);
        Ok(json!([a?.amount, b?.amount]).to_string())
    }

    async fn sample(_cx: &Cx, call: &Call, p: interactive::SampleParams) -> Result<String> {
        let request = Sampling::new(20)
            .system("Be short.")
            .user("Hello.")
            .assistant("Hello!")
            .user(p.text)
            .temperature(0.5)
            .stop("END")
            .hint("small");
        let sampled = call.sample("sample", request).await?;
        let answer = json!({
            "texts": texts(sampled.content),
            "model": sampled.model,
            "stop": sampled.stop_reason,
        });
        Ok(answer.to_string())
    }

    async fn roots(_cx: &Cx, call: &Call) -> Result<String> {
        let roots = call.roots().await?;
        let roots: Vec<_> = roots.into_iter().map(|r| json!([r.uri, r.name])).collect();
        Ok(json!(roots).to_string())
    }

    async fn logs(_cx: &Cx, call: &Call) -> Result<String> {
        let levels = [
            (Level::Debug, "debug"),
            (Level::Info, "info"),
            (Level::Notice, "notice"),
            (Level::Warning, "warning"),
            (Level::Error, "error"),
            (Level::Critical, "critical"),
            (Level::Alert, "alert"),
            (Level::Emergency, "emergency"),
        ];
        for (level, name) in levels {
            call.log(level, name);
        }
        Ok("logged".into())
    }

    async fn ready(_cx: &Cx, _call: &Call) -> Result<String> {
        Ok("ready".into())
    }

    async fn count(cx: &Cx, call: &Call, p: interactive::CountParams) -> Result<String> {
        for i in 1..=p.n {
            cx.sleep(ms(p.ms)).await;
            let message = format!("{i} {}", p.note);
            call.progress(i as f64, Some(p.n as f64), Some(message.trim()));
        }
        Ok(format!("counted to {}", p.n))
    }

    async fn count_there(
        &self,
        cx: &Cx,
        call: &Call,
        p: interactive::CountThereParams,
    ) -> Result<String> {
        for i in 1..=p.n {
            if p.ms > 0 {
                cx.sleep(ms(p.ms)).await;
            }
            call.progress(i as f64, Some(p.n as f64), None);
        }
        Ok(format!("counted to {}", p.n))
    }

    async fn steps(cx: &Cx, call: &Call, p: interactive::StepsParams) -> Result<String> {
        let mut seen = Vec::new();
        for i in 1..=p.n {
            let name = format!("step{i}");
            seen.push(call.step(&name, || hit(&p.url, &name)).await?);
            call.progress(i as f64, None, None);
            cx.sleep(ms(p.ms)).await;
        }
        Ok(seen.join(" "))
    }

    async fn hang_up(cx: &Cx, call: &Call, p: interactive::HangUpParams) -> Result<String> {
        call.progress(1.0, Some(2.0), Some("before"));
        call.close_stream();
        cx.sleep(ms(p.ms)).await;
        call.progress(2.0, Some(2.0), Some("after"));
        Ok("still here".into())
    }

    async fn until_cancelled(
        _cx: &Cx,
        call: &Call,
        p: interactive::UntilCancelledParams,
    ) -> Result<String> {
        call.log(Level::Info, "waiting");
        call.cancelled().await;
        hit(&p.url, &format!("cancelled-{}", call.is_cancelled())).await
    }

    async fn until_cancelled_there(
        &self,
        _cx: &Cx,
        call: &Call,
        p: interactive::UntilCancelledThereParams,
    ) -> Result<String> {
        call.log(Level::Info, "waiting");
        call.cancelled().await;
        hit(&p.url, &format!("there-{}", call.is_cancelled())).await
    }

    async fn failing_step(
        _cx: &Cx,
        call: &Call,
        p: interactive::FailingStepParams,
    ) -> Result<String> {
        let tried = call
            .step("fails", || async {
                hit(&p.url, "fails").await?;
                Err::<String, _>(Error::tool("the step failed"))
            })
            .await;
        let consent: interactive::Consent = call.elicit("consent", "Go on?").await?;
        tried.map(|_| consent.agreed.to_string())
    }

    async fn panic_asked(_cx: &Cx, call: &Call) -> Result<String> {
        let _: interactive::Consent = call.elicit("consent", "Shall I?").await?;
        panic!("with the answer in its hands");
    }

    async fn panic_waiting(cx: &Cx, call: &Call) -> Result<String> {
        call.log(Level::Info, "soon");
        cx.sleep(ms(20)).await;
        panic!("in a session's object");
    }

    async fn panic_front(_cx: &Cx) -> Result<String> {
        panic!("in the front Worker");
    }

    async fn panic_write(&mut self, cx: &Cx) -> Result<String> {
        self.total += 1_000_000;
        cx.sleep(ms(5)).await;
        panic!("where the state is");
    }

    async fn add(&mut self, _cx: &Cx, p: interactive::AddParams) -> Result<interactive::AddOutput> {
        self.total += p.amount;
        Ok(interactive::AddOutput { total: self.total })
    }

    async fn total(&self, _cx: &Cx) -> Result<interactive::TotalOutput> {
        Ok(interactive::TotalOutput { total: self.total })
    }

    async fn add_asked(&mut self, _cx: &Cx, call: &Call) -> Result<String> {
        let interactive::Amount { amount } = call.elicit("amount", "How much?").await?;
        self.total += amount;
        call.progress(1.0, None, None);
        Ok(self.total.to_string())
    }

    async fn add_failing(&mut self, _cx: &Cx, call: &Call) -> Result<String> {
        self.total += 1_000_000;
        let interactive::Amount { amount } = call.elicit("amount", "How much?").await?;
        self.total += amount;
        Err(Error::tool("on second thoughts"))
    }

    async fn times_asked(&self, _cx: &Cx, call: &Call) -> Result<String> {
        let before = self.total;
        let interactive::Amount { amount } = call.elicit("amount", "Times what?").await?;
        Ok(json!({ "before": before, "product": self.total * amount }).to_string())
    }

    async fn ring(cx: &Cx) -> Result<String> {
        cx.resource_updated("hotel://bell");
        Ok("rang".into())
    }

    async fn bell(_cx: &Cx) -> Result<String> {
        Ok("ding".into())
    }

    async fn asked(_cx: &Cx, call: &Call) -> Result<String> {
        let guest: interactive::Guest = call.elicit("guest", "Who reads?").await?;
        Ok(format!("for {}", guest.name))
    }

    async fn room(_cx: &Cx, p: interactive::RoomParams) -> Result<String> {
        Ok(format!("room {}", p.number))
    }

    async fn complete_room_number(_cx: &Cx, p: CompleteParams) -> Result<Vec<String>> {
        let numbers = (1..=250).map(|n| n.to_string());
        Ok(numbers.filter(|n| n.starts_with(&p.value)).collect())
    }

    async fn floor(_cx: &Cx, p: interactive::FloorParams) -> Result<String> {
        Ok(format!("floor {:?}", p.floor))
    }

    async fn welcome(_cx: &Cx, call: &Call, p: interactive::WelcomeParams) -> Result<String> {
        let guest: interactive::Guest = call.elicit("guest", "Who arrives?").await?;
        Ok(format!("Welcome {}, {:?}.", guest.name, p.tone))
    }

    async fn complete_letter_guest(_cx: &Cx, p: CompleteParams) -> Result<Vec<String>> {
        let guests = ["Ada", "Alan", "Grace"].into_iter();
        let known = guests.filter(|name| name.starts_with(&p.value));
        Ok(known.map(Into::into).collect())
    }

    async fn complete_letter_street(_cx: &Cx, p: CompleteParams) -> Result<Vec<String>> {
        let guest = p.arguments.get("guest").map_or("nobody", String::as_str);
        Ok(vec![format!("{}, street of {guest}", p.value)])
    }
}
