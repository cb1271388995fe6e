import { Link } from 'wouter';

/** For who comes by an address that leads nowhere. */
export function NothingHere() {
  return (
    <>
      <h1 className="page-title">There is nothing here</h1>
      <p>
        The address may be mistyped. What is asked of you is under{' '}
        <Link href="/" className="link">
          Requests
        </Link>
        , and what is kept under{' '}
        <Link href="/files" className="link">
          Files
        </Link>
        .
      </p>
    </>
  );
}
