/** How strong a password looks, 0 to 4, from its length and variety alone. The server knows the ones that leaked. */
export function strength(password: string): 0 | 1 | 2 | 3 | 4 {
  if (password.length < 12) return 0;
  const distinct = new Set(password).size;
  if (distinct < 5) return 0;
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/].filter((k) => k.test(password)).length;
  const bits = Math.min(password.length, distinct * 2) * (2.2 + 0.6 * kinds);
  if (bits < 45) return 1;
  if (bits < 60) return 2;
  if (bits < 80) return 3;
  return 4;
}
