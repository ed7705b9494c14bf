// kitsu is published for `import` alone: what it has for `require` cannot be loaded.
export { default } from 'kitsu';
