// Gives every request of the conformance suite the agent's key: the suite knows of none. It sends by
// fetch, by node:http and by undici. Its tool `greet` is `test_greet` here: the name of a tool has its
// system's in it.
import http from 'node:http';
import {createRequire, syncBuiltinESMExports} from 'node:module';

const authorization = `Bearer ${process.env.KEYWARD_AGENT_KEY}`;
const undici = createRequire(process.argv[1])('undici');
const fetchWithoutKey = globalThis.fetch;
const requestWithoutKey = http.request;

globalThis.fetch = (input, init = {}) => {
  const headers = new Headers(init.headers ?? (input instanceof Request ? input.headers : undefined));
  headers.set('Authorization', authorization);
  if (headers.get('Mcp-Name') === 'greet') {
    headers.set('Mcp-Name', 'test_greet');
    init = {...init, body: init.body.replace('"name":"greet"', '"name":"test_greet"')};
  }
  return fetchWithoutKey(input, {...init, headers});
};

http.request = (...given) => {
  const options = given.find(value => typeof value === 'object' && !(value instanceof URL));
  if (options) {
    options.headers = {...options.headers, Authorization: authorization};
  }
  return requestWithoutKey(...given);
};

undici.setGlobalDispatcher(
  new undici.Agent().compose(dispatch => (options, handler) => {
    const bare = options.headers && !Array.isArray(options.headers) && !options.headers.Authorization;
    return dispatch(
      bare ? {...options, headers: {...options.headers, Authorization: authorization}} : options,
      handler);
  }));

syncBuiltinESMExports();
