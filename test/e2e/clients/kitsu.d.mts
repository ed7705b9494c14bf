export { default } from 'kitsu';
