use mcp_agent::prelude::*;

const FIND: &str = "SELECT id FROM note WHERE titel = ?";

impl Notes {
    const OF_DAY: &'static str = r#"SELECT id
        FROM note WHERE "day" = ? AND dya = ?"#;

    fn all(&mut self, cx: &Cx, id: i64, which: &str) -> Result<()> {
        let found: Vec<i64> = cx.sql().query(FIND, [which])?;
        let of_day: Vec<i64> = cx.sql().query(Self::OF_DAY, (which, which))?;
        let insert = "INSERT INTO note (title, \"text\") \
                      VALUES (?, ?)";
        cx.write(|tx| tx.execute(insert, (which, which)))?;
        cx.write(|it| {
            it.execute("DROP TABLE note", ())?;
            it.query_one::<i64>("DELETE FROM nots RETURNING id", ())
        })?;
        cx.sql().query_opt::<i64>("DELETE FROM note RETURNING id", ())?;
        // What is put together, or is none of ours, is left alone.
        let insert = format!("SELECT {which}");
        cx.sql().query::<i64>(&insert, ())?;
        let other = Other;
        other.query("SELECT titel FROM nots", ());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    fn wrong_on_purpose(cx: &Cx) {
        cx.sql().query::<i64>("SELECT titel FROM nots", ());
    }
}
