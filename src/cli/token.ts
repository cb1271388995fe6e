import { parseArgs } from 'node:util';
import { z } from 'zod';
import { mintToken } from '../auth/mint-token.js';
import { loadConfig, type Config } from '../config.js';
import { readCredentials } from '../embedded/credentials.js';
import { runTool } from './run-tool.js';

const usage = `Prints a token for a person, or for a service account, of an organization.

  npm run -s token -- --sub alice --org acme [--role admin|builder|member|guest] [--name "Alice"]
                      [--ttl 12h] [--service-account]

  --ttl   seconds, or a number with s, m, h or d (12h when left out)`;

const maxTtlSeconds = 3650 * 86_400;
const secondsIn = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

const options = z.object({
  sub: z.string('--sub is needed').min(1, '--sub is needed'),
  org: z.string('--org is needed').min(1, '--org is needed'),
  role: z
    .enum(['admin', 'builder', 'member', 'guest'], '--role is admin, builder, member or guest')
    .optional(),
  name: z.string().optional(),
  ttl: z
    .string()
    .regex(/^[1-9]\d{0,8}[smhd]?$/, {
      error: '--ttl is a number of seconds, or such as 30m, 12h, 7d',
      abort: true,
    })
    .refine((ttl) => toSeconds(ttl) <= maxTtlSeconds, '--ttl is 3650d at most')
    .default('12h'),
  'service-account': z.boolean().default(false),
});

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      sub: { type: 'string' },
      org: { type: 'string' },
      role: { type: 'string' },
      name: { type: 'string' },
      ttl: { type: 'string' },
      'service-account': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return console.log(usage);
  const parsed = options.safeParse(values);
  if (!parsed.success) throw new Error(parsed.error.issues.map(({ message }) => message).join('\n'));
  const { sub, org, role, name, ttl } = parsed.data;
  const config = loadConfig();
  const { issuer, audience } = config.auth;
  const token = await mintToken({
    secret: config.auth.jwtSecret ?? (await readEmbeddedSecret(config)),
    sub,
    org,
    role,
    name,
    kind: parsed.data['service-account'] ? 'service_account' : undefined,
    expiresInSeconds: toSeconds(ttl),
    issuer: issuer ?? undefined,
    audience: audience ?? undefined,
  });
  console.log(token);
}

function toSeconds(ttl: string): number {
  const unit = /[smhd]$/.exec(ttl)?.[0] ?? 's';
  // The pattern above lets only these units through.
  return Number.parseInt(ttl, 10) * secondsIn[unit as keyof typeof secondsIn];
}

async function readEmbeddedSecret({ auth, dataDir }: Config): Promise<string> {
  if (auth.jwksUrl !== null) {
    throw new Error(
      'AUTH_JWKS_URL is set and AUTH_JWT_SECRET is not: only your identity provider can make tokens.',
    );
  }
  const credentials = await readCredentials(dataDir);
  if (credentials === undefined) {
    throw new Error(
      `There is no secret to sign with: AUTH_JWT_SECRET is not set, and ${dataDir} holds none yet. ` +
        'Start the service once (npm start), which makes one, or set AUTH_JWT_SECRET.',
    );
  }
  return credentials.jwtSecret;
}

runTool(main);
