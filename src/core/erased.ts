/** Stands in rows that stay, such as those of files in shared spaces, for whoever was erased. */
export const erasedId = 'erased';
