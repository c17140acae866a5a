/**
 * Name of an action without API date and version: Lambda writes them into event names (DeleteFunction20150331,
 * UpdateFunctionConfiguration20150331v2), CloudFront and others have done so too.
 * https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
 */
export function plainActionName(action: string): string {
  const last = action.charCodeAt(action.length - 1);
  return last >= 48 && last <= 57 ? action.replace(/\d{8}(?:v\d+)?$/, '') : action;
}
