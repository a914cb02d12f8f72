const HUES = 6;

/** Somebody's initials, in a colour that is theirs. */
export function Avatar({ name }: { name: string }) {
  const words = name.split(/\s+/).filter(Boolean);
  const initials = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.[0] ?? "").join("");
  const hue = [...name].reduce((sum, letter) => sum + letter.codePointAt(0)!, 0) % HUES;
  return (
    <span className={`avatar hue-${hue}`} aria-hidden="true">
      {initials.toUpperCase()}
    </span>
  );
}
