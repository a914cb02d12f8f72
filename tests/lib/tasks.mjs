// A client of tasks by hand (extension `io.modelcontextprotocol/tasks` of 2026-07-28). Every message is validated.

import assert from "node:assert/strict";
import { CAPABILITIES } from "./exchange.mjs";
import { meta, open, send, subscription } from "./rounds.mjs";
import { eventually } from "./wait.mjs";

const EXTENSION = { extensions: { "io.modelcontextprotocol/tasks": {} } };

/** Says that the client knows tasks. */
export const knowing = { _meta: meta.able({ ...CAPABILITIES, ...EXTENSION }) };

/** What a request of a client that knows no tasks is refused with. */
export function needsTasks({ status, type, answer }) {
  assert.deepEqual([status, type, answer.error?.code], [400, "json", -32021], JSON.stringify(answer));
  assert.deepEqual(answer.error.data, { requiredCapabilities: EXTENSION });
}

/** A task. `port` may be changed when its server was. */
export class Task {
  constructor(port, made) {
    Object.assign(this, { port, made, id: made.taskId });
  }

  /** A call that becomes one. */
  static async begin(port, name, args = {}, more, options) {
    const { status, type, answer } = await send(port, "tools/call", { name, arguments: args }, { ...knowing, ...more }, options);
    assert.deepEqual([status, type, answer.result?.resultType], [200, "json", "task"], JSON.stringify(answer));
    return new Task(port, answer.result);
  }

  /** A request about it: all of what came. */
  send(method, params = {}) {
    return send(this.port, method, { taskId: this.id, ...params }, knowing);
  }

  async get() {
    const { status, answer } = await this.send("tasks/get");
    assert.deepEqual([status, answer.result?.taskId], [200, this.id], JSON.stringify(answer));
    const { createdAt, lastUpdatedAt, ttlMs, pollIntervalMs } = answer.result;
    assert.deepEqual([createdAt, ttlMs, pollIntervalMs], [this.made.createdAt, this.made.ttlMs, this.made.pollIntervalMs]);
    assert.ok(createdAt <= lastUpdatedAt);
    return answer.result;
  }

  /** Looks after it until `wanted`, a status or a function, fits. */
  until(wanted, ms = 10_000) {
    const fits = typeof wanted === "string" ? ({ status }) => status === wanted : wanted;
    return eventually(ms, `the task is ${wanted}`, async () => {
      const task = await this.get();
      return fits(task) && task;
    });
  }

  async #heard(method, params) {
    const { status, answer } = await this.send(method, params);
    assert.equal(status, 200);
    assert.deepEqual({ ...answer.result, _meta: undefined }, { resultType: "complete", _meta: undefined }, JSON.stringify(answer));
  }

  update(inputResponses) {
    return this.#heard("tasks/update", { inputResponses });
  }

  cancel() {
    return this.#heard("tasks/cancel");
  }
}

/** Listens to tasks: `{ honoured, next(id, wanted), close() }`. */
export async function hear(port, ids) {
  const { id: own, stream, messages } = await open(port, "subscriptions/listen", { notifications: { taskIds: ids } }, knowing);
  const first = await messages.next();
  assert.equal(first.method, "notifications/subscriptions/acknowledged", JSON.stringify(first));
  return {
    honoured: first.params.notifications,
    /** The next thing said of any task: `DetailedTask`, as `tasks/get` would have it. */
    async next(ms) {
      const message = await messages.next(ms);
      assert.deepEqual([message.method, subscription(message)], ["notifications/tasks", own], JSON.stringify(message));
      const { _meta, ...task } = message.params;
      return task;
    },
    /** All that is said of a task up to this status. */
    async until(task, status, ms) {
      const said = [];
      for (;;) {
        const news = await this.next(ms);
        if (news.taskId !== task.id) continue;
        said.push(news);
        if (news.status === status) return said;
      }
    },
    close: () => stream.close(),
  };
}
