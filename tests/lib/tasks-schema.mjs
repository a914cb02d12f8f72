// The schema of the extension `io.modelcontextprotocol/tasks` (SEP-2663), which the specification only has in TypeScript. `mcp` is the schema of the version
// itself.

const core = (name) => ({ $ref: `mcp#/$defs/${name}` });
const own = (name) => ({ $ref: `#/$defs/${name}` });

const PAYLOADS = { inputRequests: { allOf: [core("InputRequests"), { minProperties: 1 }] }, result: core("CallToolResult"), error: core("Error") };
const NO_PAYLOAD = Object.fromEntries(Object.keys(PAYLOADS).map((name) => [name, false]));

/** A status, and the only payload that it has. */
const having = (status, payload) => ({
  required: payload ? [payload] : [],
  properties: { ...NO_PAYLOAD, ...(payload && { [payload]: PAYLOADS[payload] }), status: { const: status } },
});

export const TASKS_SCHEMA = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $defs: {
    Task: {
      type: "object",
      required: ["taskId", "status", "createdAt", "lastUpdatedAt", "ttlMs"],
      properties: {
        taskId: { type: "string" },
        status: { enum: ["working", "input_required", "completed", "cancelled", "failed"] },
        statusMessage: { type: "string" },
        createdAt: { type: "string", format: "date-time" },
        lastUpdatedAt: { type: "string", format: "date-time" },
        ttlMs: { type: ["integer", "null"], minimum: 0 },
        pollIntervalMs: { type: "integer", minimum: 0 },
      },
    },
    DetailedTask: {
      allOf: [own("Task")],
      oneOf: [having("working"), having("input_required", "inputRequests"), having("completed", "result"), having("failed", "error"), having("cancelled")],
    },
    CreateTaskResult: { allOf: [core("Result"), own("Task")], properties: { resultType: { const: "task" }, requestState: false, ...NO_PAYLOAD } },
    GetTaskResult: { allOf: [core("Result"), own("DetailedTask")], properties: { resultType: { const: "complete" } } },
    /** An acknowledgement, which says nothing else. */
    TaskHeardResult: { allOf: [core("Result")], properties: { resultType: { const: "complete" }, _meta: {} }, additionalProperties: false },
    TaskStatusNotification: {
      type: "object",
      required: ["jsonrpc", "method", "params"],
      properties: { jsonrpc: { const: "2.0" }, method: { const: "notifications/tasks" }, params: own("DetailedTask") },
    },
  },
};
