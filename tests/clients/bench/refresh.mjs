// Reads live balances with Plaid's official client and stores nothing. Takes the URL and the access tokens from standard
// input, and writes the milliseconds of wall-clock and processor time of each round to standard output.

import { text } from "node:stream/consumers";
import { Configuration, PlaidApi } from "plaid";

const { url, inFlight, rounds, tokens } = JSON.parse(await text(process.stdin));
const headers = {
  "PLAID-CLIENT-ID": "5f1e0c0ffee0de500c0ffee1",
  "PLAID-SECRET": "de5b0a7d1e5a4dbc0de0ba1a9ce0de",
};
const basePath = url.replace(/\/$/, "");
const plaid = new PlaidApi(new Configuration({ basePath, baseOptions: { headers } }));

async function readBalances(waiting) {
  for (let token = waiting.pop(); token !== undefined; token = waiting.pop()) {
    const { data } = await plaid.accountsBalanceGet({ access_token: token });
    if (data.accounts.length === 0) {
      throw new Error("an Item has no accounts");
    }
  }
}

const took = [];
for (let round = 0; round < rounds; round += 1) {
  const waiting = [...tokens];
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  await Promise.all(Array.from({ length: inFlight }, () => readBalances(waiting)));
  const { user, system } = process.cpuUsage(cpu);
  took.push({ wall: performance.now() - wall, cpu: (user + system) / 1000 });
}
process.stdout.write(JSON.stringify(took));
