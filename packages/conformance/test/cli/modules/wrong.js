// biome-ignore lint/style/noDefaultExport: the command line asks for one
export default () => ({ open: 1 })
