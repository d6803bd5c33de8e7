/** The integration that a tool reaches: the part of its name before the first dot, or `mcp:SERVER`; else the tool itself. */
export function integrationOf(tool: string): string {
  const server = /^mcp:[^/]+/.exec(tool)?.[0];
  if (server !== undefined) return server;
  const dot = tool.indexOf('.');
  return dot > 0 ? tool.slice(0, dot) : tool;
}
