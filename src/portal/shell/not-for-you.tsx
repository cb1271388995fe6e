import { Link } from 'wouter';

/** For who follows a link to a page that is not theirs. */
export function NotForYou({ page }: { page: string }) {
  return (
    <>
      <h1 className="page-title">{page}</h1>
      <p>
        This page is for the admins and builders of your organization. What is asked of you is under{' '}
        <Link href="/" className="link">
          Requests
        </Link>
        .
      </p>
    </>
  );
}
