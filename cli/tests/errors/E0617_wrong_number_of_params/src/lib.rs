fn all(cx: &Cx, tx: &Tx<'_>, id: i64) -> Result<()> {
    cx.sql().query_one::<i64>("SELECT count(*) FROM note", [id])?;
    cx.sql().query_one::<i64>("SELECT day FROM note WHERE id = ?", ())?;
    tx.execute(
        "UPDATE note SET title = ?, day = ? WHERE id = ?",
        (id, "today"),
    )?;
    // Twice the same, and what cannot be counted.
    tx.execute("UPDATE note SET title = ?1, day = ?1", [id])?;
    let params = (id, id);
    tx.execute("UPDATE note SET title = ?", params)?;
    Ok(())
}
