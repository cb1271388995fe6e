/** The file that is looked into: open for us, and nameless otherwise. */
export const fileFd = 3;
/** The same for libraries and programs that want a path. */
export const filePath = '/dev/fd/3';
