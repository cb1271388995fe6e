export function AdminPage() {
  return <h1 className="page-title">Admin</h1>;
}
