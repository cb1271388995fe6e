const hues = 6;

/** The first letter of a name, in a colour that stays the same for the same name. */
export function Avatar({ name, size = 'medium' }: { name: string; size?: 'small' | 'medium' }) {
  const hue = [...name].reduce((sum, letter) => sum * 31 + (letter.codePointAt(0) ?? 0), 0) % hues;
  return (
    <span aria-hidden className={`avatar avatar-${size} avatar-${hue}`}>
      {[...name][0]?.toUpperCase() ?? '?'}
    </span>
  );
}
