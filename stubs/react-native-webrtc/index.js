// @libp2p/webrtc names this package for React Native only; without the stub npm would install all of React Native.
module.exports = {}
