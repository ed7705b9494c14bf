export * from './client';
export type * from './operations';
export * from './reading';
export * from './webhooks';
