// What was measured, as one table, and against what was to be reached.

import { median } from "./rates.mjs";
import { FLOORS } from "./rows.mjs";

const PEERS = { handler: "createMcpHandler", agent: "McpAgent", base: "Agent" };
const FIGURES = ["rps", "p50", "p99", "cpu"];

/** The medians of a rate: figures by role, ratios of ours to each other role, and whether its goals are met. */
export function summarise({ row, roles, goals: least, connections, rounds, objects }) {
  const others = roles.filter((role) => role !== "ours");
  const figures = Object.fromEntries(roles.map((role) => [role, Object.fromEntries(FIGURES.map((key) => [key, median(rounds.map((r) => r[role][key]))]))]));
  const ratios = Object.fromEntries(others.map((role) => [role, median(rounds.map((r) => r.ours.rps / r[role].rps))]));
  const cpuRatios = Object.fromEntries(others.map((role) => [role, median(rounds.map((r) => r[role].cpu / r.ours.cpu))]));
  const goals = Object.entries(least).map(([role, ratio]) => ({ what: `${role === "floor" ? "" : `${PEERS[role]} `}>= ${ratio}`, met: ratios[role] >= ratio }));
  if (objects) goals.push({ what: "no object made", met: objects.ours.made === 0 });
  return { id: row.id, what: row.what, connections, floor: FLOORS[row.servers.floor], figures, ratios, cpuRatios, goals, objects, rounds };
}

/** The same for a cost. */
export function summariseCost({ row, values, beside, all }) {
  const goals = Object.entries(row.limits).map(([what, limit]) => ({ what, met: values.ours <= limit(values) }));
  return { id: row.id, what: row.what, unit: row.unit, floor: FLOORS[row.servers.floor], values, beside, goals, turns: all };
}

const whole = (n) => String(Math.round(n));
const times = (n) => n.toFixed(n < 10 ? 2 : 0);
const mark = (goals) => (goals.length === 0 ? "" : goals.every(({ met }) => met) ? "yes" : "NO");
const wants = (goals) => goals.map(({ what, met }) => (met ? what : `${what} (not met)`)).join(", ");

const HEAD = ["row", "conn.", "ours", "p50 µs", "cpu µs", "floor", "ratio", "cpu", "createMcpHandler", "McpAgent", "Agent", "met", "goal", "the floor is"];
const LEFT = new Set([0, 12, 13]);

function rateCells(s) {
  const peer = (role) => (s.figures[role] ? `${whole(s.figures[role].rps)} (x ${times(s.ratios[role])})` : "");
  const { ours, floor } = s.figures;
  return [
    `${s.id}: ${s.what}`, whole(s.connections), `${whole(ours.rps)}/s`, whole(ours.p50), whole(ours.cpu), `${whole(floor.rps)}/s`, s.ratios.floor.toFixed(2), s.cpuRatios.floor.toFixed(2),
    peer("handler"), peer("agent"), peer("base"), mark(s.goals), wants(s.goals), s.floor,
  ];
}

function costCells(s) {
  const value = (role) => (s.values[role] === undefined ? "" : `${s.values[role].toFixed(1)} ${s.unit}`);
  const peer = (role) => (s.values[role] === undefined ? "" : `${value(role)} (x ${times(s.values[role] / s.values.ours)})`);
  return [`${s.id}: ${s.what}`, "", value("ours"), "", "", value("floor"), (s.values.ours / s.values.floor).toFixed(2), "", peer("handler"), peer("agent"), peer("base"), mark(s.goals), wants(s.goals), s.floor];
}

/** The table. */
export function table(rates, costs) {
  const rows = [HEAD, ...rates.map(rateCells), ...costs.map(costCells)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => row.map((cell, i) => (LEFT.has(i) ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  ").trimEnd()).join("\n");
}

/** What the set-ups made on disk, a line a server. */
export function objectLines(rates) {
  return rates.filter(({ objects }) => objects).flatMap(({ id, objects }) =>
    Object.entries(objects).map(([role, { before, made, begun }]) => `${id}: ${begun} set-ups, begun or whole, made ${made} objects on the storage of ${PEERS[role] ?? role}, which had ${before} before.`));
}

/** What was measured beside the costs, a line each. */
export function besideLines(costs) {
  const NAMES = { ours: "ours", floor: "the floor", ...PEERS };
  return costs.flatMap(({ id, beside }) => beside.map(({ what, unit, values }) =>
    `${id}: ${what} ${Object.entries(values).map(([role, value]) => `${value.toFixed(1)} ${unit} (${NAMES[role]})`).join(", ")}.`));
}
