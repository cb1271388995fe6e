import { makeSignIn } from '../../src/portal/state/sign-in.js';

describe('a sign-in that has ended', () => {
  test('lets everything wait for the next token', async () => {
    const signIn = makeSignIn('one');
    const waiting = [signIn.whenRenewed('one'), signIn.whenRenewed('one')];
    expect(signIn.state.get()).toEqual({ token: 'one', hasEnded: true });
    signIn.renew('two');
    expect(await Promise.all(waiting)).toEqual([true, true]);
    expect(signIn.state.get()).toEqual({ token: 'two', hasEnded: false });
    // It was on its way while the next one came.
    expect(await signIn.whenRenewed('one')).toBe(true);
    expect(signIn.state.get().hasEnded).toBe(false);
  });

  test('lets nothing wait once it is over', async () => {
    const signIn = makeSignIn('one');
    const waiting = signIn.whenRenewed('one');
    signIn.close();
    expect([await waiting, await signIn.whenRenewed('one')]).toEqual([false, false]);
  });
});
