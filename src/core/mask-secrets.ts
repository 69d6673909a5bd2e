/** User, or user and password, between `://` and `@`, before the first `/`, `?` or `#`. */
const userInfo = /([a-z][a-z0-9+.-]*:\/\/)([^\s/?#"'<>]*)@/gi;
/** The same with `/`, `?`, `#` or `@` unencoded in the password, for URLs whose paths have no `@`. */
const looseUserInfo = /\b((?:postgres(?:ql)?|s3):\/\/)([^\s"'<>]*)@/gi;
/** Query parameters with the name of a secret. */
const secretParameter = /([?&;][^\s=&;#"']*(?:pass|pwd|secret|token|apikey|access[-_]?key|signature|credential)[^\s=&;#"']*=)[^\s&;#"']+/gi;
/** `password=…` of a connection string, `AWS_SECRET_ACCESS_KEY=…` of an environment. */
const secretSetting = /\b(\w*(?:password|passwd|secret_?access_?key|session_?token)\w*\s*=\s*)("[^"]*"|'[^']*'|[^\s&;"']+)/gi;

/** Returns the text with the passwords and keys of its URLs and settings masked: `postgresql://user:***@host`, `s3://***@bucket`. */
export function maskSecrets(text: string): string {
  if (!/:\/\/|=/.test(text)) return text;
  return text
    .replace(looseUserInfo, maskedUser)
    .replace(userInfo, maskedUser)
    .replace(secretParameter, '$1***')
    .replace(secretSetting, '$1***');
}

/** A database's user is not secret; for other services, a part without a password is a key or a token. */
function maskedUser(_: string, scheme: string, info: string): string {
  const colon = info.indexOf(':');
  if (/^s3:/i.test(scheme)) return `${scheme}***@`;
  if (colon !== -1) return `${scheme}${info.slice(0, colon)}:***@`;
  return /^https?:/i.test(scheme) ? `${scheme}***@` : `${scheme}${info}@`;
}
