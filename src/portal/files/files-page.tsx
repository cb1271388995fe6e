export function FilesPage() {
  return <h1 className="page-title">Files</h1>;
}
