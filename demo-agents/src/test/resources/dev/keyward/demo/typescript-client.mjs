// An agent on the TypeScript SDK: lists, reads, asks for a write, waits for people, repeats the
// write, and says after each step what it got, as a line of JSON.
//
//   node typescript-client.mjs LINE http|sse URL TICKET NOTE
//   node typescript-client.mjs LINE stdio COMMAND-AS-JSON TICKET NOTE
//
// 1 and 2 are the lines of the SDK: @modelcontextprotocol/sdk and @modelcontextprotocol/client; the
// latter speaks the older era unless told otherwise: 2-auto finds out, 2-modern speaks 2026-07-28 and
// nothing else. The agent's key comes from KEYWARD_AGENT_KEY.

const [spoken, door, address, ticket, note] = process.argv.slice(2);
const [line, era = 'legacy'] = spoken.split('-');
const key = process.env.KEYWARD_AGENT_KEY;
const ROUNDS = 4;

const lines = {
  1: async () => ({
    ...(await import('@modelcontextprotocol/sdk/client/index.js')),
    ...(await import('@modelcontextprotocol/sdk/client/sse.js')),
    ...(await import('@modelcontextprotocol/sdk/client/stdio.js')),
    ...(await import('@modelcontextprotocol/sdk/client/streamableHttp.js')),
  }),
  2: async () => ({
    ...(await import('@modelcontextprotocol/client')),
    ...(await import('@modelcontextprotocol/client/stdio')),
  }),
};
const sdk = await lines[line]();

const options = { requestInit: { headers: { Authorization: `Bearer ${key}` } } };
const transports = {
  http: () => new sdk.StreamableHTTPClientTransport(new URL(address), options),
  sse: () => new sdk.SSEClientTransport(new URL(address), options),
  stdio: () => {
    const [command, ...args] = JSON.parse(address);
    return new sdk.StdioClientTransport({ command, args, env: { KEYWARD_AGENT_KEY: key } });
  },
};

const eras = { legacy: 'legacy', auto: 'auto', modern: { pin: '2026-07-28' } };
const client = new sdk.Client(
  { name: 'typescript', version: '1.0.0' },
  { versionNegotiation: { mode: eras[era] } },
);
const say = (step, got) => console.log(JSON.stringify({ step, got }));
const call = (name, args) => client.callTool({ name, arguments: args });
const facts = (result) => result._meta['keyward/call'];

await client.connect(transports[door]());
say('list', await client.listTools());
say('read', await call('crm.read_ticket', { ticket_id: ticket }));

const write = () => call('crm.add_note', { ticket_id: ticket, text: note, internal: true });
const asked = await write();
say('asked', asked);
for (let round = 0, code = 'pending'; code === 'pending' && round < ROUNDS; round++) {
  const told = await call('keyward.approval_wait', { approval: facts(asked).approval, seconds: 45 });
  say('waited', told);
  code = facts(told).code;
}
say('wrote', await write());
await client.close();
