// Stands in for the native part of aws-lambda-ric, which would have to be compiled: the Runtime API over plain HTTP.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

const { writeSync } = require('node:fs');
const { Agent, request } = require('node:http');
const Module = require('node:module');

// How far ahead this machine's services are: hours pass when a test says so.
const aheadMs = Number(process.env.LOCAL_CLOCK_MS ?? 0);
delete process.env.LOCAL_CLOCK_MS;
const realNow = Date.now;
globalThis.Date = class extends Date {
  constructor(...given) {
    if (given.length === 0) super(realNow() + aheadMs);
    else super(...given);
  }

  static now() {
    return realNow() + aheadMs;
  }
};

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
/** The answer of an invocation is taken before the next one is asked for. */
let answered = Promise.resolve();
let worked = false;

function call(method, path, body, headers) {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host, port, method, path, headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ bodyJson: text, headers: response.headers }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function answer(id, kind, body, headers) {
  // Behind everything that the function wrote: whoever reads the pipe knows by it that the log of the invocation is whole.
  const megabytes = Math.ceil(process.resourceUsage().maxRSS / 1024);
  const { user, system } = process.cpuUsage();
  writeSync(1, `\nEND RequestId: ${id} ${megabytes} ${Math.round((user + system) / 1000)}\n`);
  worked = true;
  answered = call('POST', `/2018-06-01/runtime/invocation/${id}/${kind}`, body, headers);
}

const client = {
  async next() {
    await answered;
    // These processes are killed, and Node keeps what it compiled only when it ends by itself: the next one would find nothing.
    if (worked) Module.flushCompileCache();
    return call('GET', '/2018-06-01/runtime/invocation/next');
  },
  done: (id, body) => answer(id, 'response', body, { 'content-type': 'application/json' }),
  error: (id, body) => answer(id, 'error', body, { 'content-type': 'application/json' }),
};

const load = Module._load;
Module._load = function (name, ...rest) {
  return name === './rapid-client.node' ? client : load.call(this, name, ...rest);
};

// Hosts of the world that play on this machine, such as Slack: what is fetched from them goes there. No function needs to know.
const hosts = JSON.parse(process.env.LOCAL_HOSTS ?? '{}');
delete process.env.LOCAL_HOSTS;
const plainFetch = globalThis.fetch;
globalThis.fetch = (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input);
  const local = hosts[url.host];
  if (local !== undefined) return plainFetch(new URL(url.pathname + url.search, local), init);
  // No call leaves this machine, even if something in a function wants it to.
  if (url.hostname !== '127.0.0.1')
    return Promise.reject(new TypeError(`${url.host} is not on this machine`));
  return plainFetch(input, init);
};
