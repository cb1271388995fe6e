import { ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { signInToDemo, type DemoPerson, type ServiceInfo } from '../state/service.js';
import type { Theme } from '../state/theme.js';
import { Avatar } from '../ui/avatar.js';
import { Logo } from './logo.js';
import { ThemeMenu } from './theme-menu.js';

export interface SignInPageProps {
  readonly info: ServiceInfo;
  readonly hasExpired: boolean;
  /** Whether files wait for the same person to sign in again. */
  readonly hasUnsent?: boolean;
  readonly onToken: (token: string) => void;
  readonly theme: Theme;
}

const does: Readonly<Record<string, string>> = {
  member: 'Member: answers what agents ask',
  admin: 'Admin: also decides what agents may ask',
  builder: 'Builder: makes agents',
};

/** Where nobody is signed in: from the platform, or as one of the demo's people. */
export function SignInPage({ info, hasExpired, hasUnsent = false, onToken, theme }: SignInPageProps) {
  return (
    <div className="sign-in">
      <div className="sign-in-corner">
        <ThemeMenu theme={theme} />
      </div>
      <main className="sign-in-card">
        <Logo size={44} />
        <h1>{info.demo === null ? 'Sign in from your platform' : 'Welcome to Askfile'}</h1>
        {hasExpired && (
          <p role="status" className="banner banner-warning">
            Your sign-in has ended. What you were asked is still here once you have signed in again
            {hasUnsent && ', and what you were sending goes on then: leave this page open'}.
          </p>
        )}
        {info.demo === null ? (
          <p>
            Askfile is where agents ask you for files. Open it from the platform that you work with, and you
            are signed in.
          </p>
        ) : (
          <DemoPeople people={info.demo.people} onToken={onToken} />
        )}
      </main>
    </div>
  );
}

function DemoPeople({
  people,
  onToken,
}: {
  people: readonly DemoPerson[];
  onToken: (token: string) => void;
}) {
  const [chosen, setChosen] = useState<string>();
  const [hasFailed, setHasFailed] = useState(false);

  async function choose(id: string): Promise<void> {
    setChosen(id);
    setHasFailed(false);
    try {
      onToken(await signInToDemo(id));
      setChosen(undefined);
    } catch {
      setHasFailed(true);
      setChosen(undefined);
    }
  }

  return (
    <>
      <p>Agents ask, you answer. Who would you like to be?</p>
      <ul className="people">
        {people.map(({ id, name, role }) => (
          <li key={id}>
            <AriaButton className="person" isDisabled={chosen !== undefined} onPress={() => void choose(id)}>
              <Avatar name={name} />
              <span className="person-words">
                <strong>{name}</strong>
                <span>{does[role] ?? role}</span>
              </span>
            </AriaButton>
          </li>
        ))}
      </ul>
      {hasFailed && (
        <p role="alert" className="banner banner-danger">
          That didn’t work. Is the service still running?
        </p>
      )}
      <p className="fine-print">
        <ShieldCheck aria-hidden size={16} />
        <span>
          This is a demo on your own machine. Signing in without a password works only here, and only while
          nothing has been set up for real.
        </span>
      </p>
    </>
  );
}
